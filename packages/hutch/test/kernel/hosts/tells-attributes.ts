// Asks a job of each kind what the kernel says about it.
import { join } from "node:path";
import { PR, syscallNumber } from "@hutch/syscall";
import { createPool, type Pool, run } from "../../../src/index.ts";
import type * as attributes from "../jobs/attributes.ts";

const GET_KEEPCAPS = 7;
const jobs = join(import.meta.dir, "../jobs");
const questions = [PR.GET_SECUREBITS, PR.GET_DUMPABLE, GET_KEEPCAPS];
const ask = questions.map((question) => `syscall(${syscallNumber("prctl")}, ${question})`).join(", ");
// ORDER: exec, so that what is told is the job's own and not what its shell does to a child.
const told = ["/bin/sh", "-c", "cd /proc/self && exec cat status stat oom_score_adj personality"];
const asked = Bun.which("perl") === null ? ["echo", "unasked"] : ["perl", "-e", `print join(" ", ${ask})`];
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

/** Both from jobs of one kind. */
async function tell(run: (argv: readonly string[]) => PromiseLike<{ text(): string }>): Promise<string> {
  return (await run(told)).text() + (await run(asked)).text();
}

const stdin = { bytes: Bun.zstdCompressSync(""), compression: "zstd" } as const;
const kinds: Record<string, unknown> = {
  command: await tell((argv) => run(argv, { limits })),
  "command through the runtime": await tell((argv) => run(argv, { limits, stdin })),
};
for (const standby of [true, false]) {
  await using pool = await open({ standby });
  const how = standby ? "that waited" : "on demand";
  kinds[`command of a pool, ${how}`] = await tell((argv) => pool.run(argv));
  kinds[`function ${how} (${pool.start})`] = await called(pool);
}
await using pool = await open({ standby: false, preload: [join(jobs, "breaks-canary.ts")] });
kinds[`function (${pool.start})`] = await called(pool);
console.log(JSON.stringify(kinds));
