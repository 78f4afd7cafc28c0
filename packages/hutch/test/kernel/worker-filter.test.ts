// A worker has a filter of its own, which lets it launch jobs and little else: preloaded code is held by it.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { createPool, type Policy } from "../../src/index.ts";
import type * as loaded from "./jobs/calls-at-load.ts";

const module = join(import.meta.dir, "jobs/calls-at-load.ts");
const [EPERM, ESRCH, EFAULT] = [1, 3, 14];

async function heardInWorker(syscalls: Policy["syscalls"]): Promise<unknown> {
  await using pool = await createPool<typeof loaded>({ preload: [module], module, policy: { syscalls } });
  expect(pool.start).toBe("warm");
  return await pool.call("heardAtLoad", []);
}

test("what no job may call fails in the worker, too, but for the filter", async () => {
  expect(await heardInWorker("default")).toEqual([-EPERM, -EPERM]);
  // The kernel's own answers: nothing is where the arguments point, and there is no process 0.
  expect(await heardInWorker("off")).toEqual([-EFAULT, -ESRCH]);
});
