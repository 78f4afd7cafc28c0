// Runs one command that waits, says when it runs, and in the end its verdict as JSON: [SECONDS] [WALL_MS]
import { run } from "../../../src/index.ts";

const [seconds, wallMs] = process.argv.slice(2) as [string, string];
const job = run(["/bin/sh", "-c", `echo running; exec sleep ${seconds}`], { limits: { wallMs: Number(wallMs) } });
for await (const { bytes } of job) process.stdout.write(bytes);
process.stdout.write(JSON.stringify((await job).verdict));
