import { expect, test } from "bun:test";
import { join } from "node:path";
import { createPool } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";

const jobs = join(import.meta.dir, "jobs");

test("a copy that does not get to its job blames neither the job nor the host", async () => {
  await using pool = await createPool<typeof tasks>({
    module: join(jobs, "tasks.ts"),
    preload: [join(jobs, "breaks-copies.ts")],
  });
  expect([pool.start, pool.startWhy]).toEqual(["warm", ""]);
  for (let i = 0; i < 3; i++) {
    const { verdict } = await pool.execute("add", [1, 2]);
    expect(verdict).toMatchObject({
      status: "invalid-response",
      blame: "ambiguous",
      retry: "once",
      reason: "the runtime failed before the job's code ran: planted: no copy reads a number",
    });
  }
  expect((await pool.run(["true"])).ok).toBe(true);
});
