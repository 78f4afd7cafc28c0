// Ends without closing its pool: once while the pool is idle, and once (argument "busy") while a job runs in it. Says who it is,
// and whom it started.
import { join } from "node:path";
import { createPool } from "../../../src/index.ts";
import type * as tasks from "../jobs/tasks.ts";
import { descendantsOf } from "../processes.ts";

const [busy, backend] = process.argv.slice(2);
const pool = await createPool<typeof tasks>({
  module: join(import.meta.dir, "../jobs/tasks.ts"),
  workers: 2,
  policy: { backend: backend === "posix-fork" ? "posix-fork" : "linux-clone" },
});
await Promise.all([pool.call("add", [1, 2]), pool.run(["true"])]);
if (busy === "busy") void pool.call("later", [1_000]).then((said) => process.stdout.write(`${said}\n`));
process.stdout.write(`${process.pid}\n${JSON.stringify(descendantsOf(process.pid))}\n`);
