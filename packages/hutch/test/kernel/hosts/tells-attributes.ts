// Asks a job of each kind what the kernel says about it.
import { join } from "node:path";
import { PR, syscallNumber } from "@hutch/syscall";
import { createPool, type Pool, run } from "../../../src/index.ts";
import type * as attributes from "../jobs/attributes.ts";

const GET_KEEPCAPS = 7;
const jobs = join(import.meta.dir, "../jobs");
const questions = [PR.GET_SECUREBITS, PR.GET_DUMPABLE, GET_KEEPCAPS];
const ask = questions.map((question) => `syscall(${syscallNumber("prctl")}, ${question})`).join(", ");
const perl = Bun.which("perl") !== null;
const answers = perl ? `exec perl -e 'print join(" ", ${ask})'` : "echo unasked";
const argv = ["/bin/sh", "-c", `cd /proc/self && cat status stat oom_score_adj personality && ${answers}`];
// Enough for a machine that is emulated.
const limits = { cpuMs: 60_000, wallMs: 120_000 };
type Asked = Pool<typeof attributes>;

function open(options: { readonly standby: boolean; readonly preload?: readonly string[] }): Promise<Asked> {
  return createPool<typeof attributes>({ module: join(jobs, "attributes.ts"), limits, ...options });
}

async function called(pool: Asked): Promise<unknown> {
  const result = await pool.execute("attributes", [questions]);
  return result.ok ? result.value : result.verdict;
}

const command = await run(argv, { limits });
const inflated = await run(argv, { limits, stdin: { bytes: Bun.zstdCompressSync(""), compression: "zstd" } });
const told: Record<string, unknown> = { command: command.text(), "command through the runtime": inflated.text() };
for (const standby of [true, false]) {
  await using pool = await open({ standby });
  const how = standby ? "that waited" : "on demand";
  told[`command of a pool, ${how}`] = (await pool.run(argv)).text();
  told[`function ${how} (${pool.start})`] = await called(pool);
}
await using pool = await open({ standby: false, preload: [join(jobs, "breaks-canary.ts")] });
told[`function (${pool.start})`] = await called(pool);
console.log(JSON.stringify(told));
