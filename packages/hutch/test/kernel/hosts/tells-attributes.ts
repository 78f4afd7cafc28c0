// Asks a job of each kind what the kernel says about it.
import { join } from "node:path";
import { createPool, run } from "../../../src/index.ts";
import type * as attributes from "../jobs/attributes.ts";

const argv = ["/bin/sh", "-c", "cd /proc/self && exec cat status stat oom_score_adj personality"];
const command = await run(argv);
const cold = await run(argv, { stdin: { bytes: Bun.zstdCompressSync(""), compression: "zstd" } });
await using pool = await createPool<typeof attributes>({ module: join(import.meta.dir, "../jobs/attributes.ts") });
const pooled = await pool.run(argv);
const called = await pool.execute("attributes", []);
console.log(
  JSON.stringify({
    command: command.text(),
    "command through the runtime": cold.text(),
    "command of a pool": pooled.text(),
    [`function (${called.report.isolation.start})`]: called.ok ? called.value : called.verdict,
  }),
);
