// Asks a job of each kind what the kernel says about it.
import { join } from "node:path";
import { createPool, run } from "../../../src/index.ts";
import type * as attributes from "../jobs/attributes.ts";

const argv = ["/bin/sh", "-c", "cd /proc/self && exec cat status stat oom_score_adj personality"];
// Enough for a machine that is emulated.
const limits = { cpuMs: 60_000, wallMs: 120_000 };
const command = await run(argv, { limits });
const cold = await run(argv, { limits, stdin: { bytes: Bun.zstdCompressSync(""), compression: "zstd" } });
await using pool = await createPool<typeof attributes>({
  module: join(import.meta.dir, "../jobs/attributes.ts"),
  limits,
});
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
