// Runs one job that waits, says when it runs, and in the end its verdict as JSON: [JOB_MS] [WALL_MS]
import { join } from "node:path";
import { createPool } from "../../../src/index.ts";
import type * as tasks from "../jobs/tasks.ts";

const [jobMs, wallMs] = process.argv.slice(2).map(Number) as [number, number];
await using pool = await createPool<typeof tasks>({ module: join(import.meta.dir, "../jobs/tasks.ts") });
const job = pool.execute("later", [jobMs], { limits: { wallMs } });
await Bun.sleep(100);
process.stdout.write("running\n");
process.stdout.write(JSON.stringify((await job).verdict));
