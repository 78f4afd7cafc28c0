// Starts jobs of every kind, over and over, until it is killed. Says when it begins.
import { join } from "node:path";
import { createPool, run } from "../../../src/index.ts";
import type * as tasks from "../jobs/tasks.ts";

const module = join(import.meta.dir, "../jobs/tasks.ts");
const leaves = ["/bin/sh", "-c", "echo x > /tmp/file; (trap '' TERM; sleep 1000) & (setsid sleep 1000 &) ; sleep 0.02"];

// A worker may be killed under any of these: how a job ends is not what is looked at.
const anyEnd = (job: PromiseLike<unknown>): PromiseLike<unknown> => job.then(undefined, (error: unknown) => error);

console.log("started");
for (;;) {
  const pool = await createPool<typeof tasks>({ module, workers: 2 }).catch(() => null);
  for (let round = 0; round < 5; round += 1) {
    const called = pool === null ? [] : [pool.execute("later", [10]), pool.run(leaves)];
    await Promise.all([run(leaves), ...called].map(anyEnd));
  }
  await pool?.close();
}
