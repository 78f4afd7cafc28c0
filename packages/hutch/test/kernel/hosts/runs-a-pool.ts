// Starts jobs of a pool that would take long, says how to find one of them, and waits for them.
import { join } from "node:path";
import { createPool } from "../../../src/index.ts";

const seconds = `${600 + Math.random()}`;
const pool = await createPool({ module: join(import.meta.dir, "../jobs/tasks.ts"), workers: 2 });
const jobs = [
  pool.execute("later", [600_000], { limits: { wallMs: 60_000 } }),
  pool.run(["sleep", seconds], { limits: { wallMs: 60_000 } }),
];
process.stdout.write(`${seconds}\n`);
await Promise.all(jobs);
