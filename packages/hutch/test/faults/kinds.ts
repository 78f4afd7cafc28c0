// Jobs that end in every way, each with the verdicts that are true of it when nothing else happens.
import { join } from "node:path";
import { JobError, type Pool, type Verdict } from "../../src/index.ts";

export interface Seen {
  readonly verdict: Verdict;
  /** Whether the value or the output is the one that the job was asked for; true where there is none to look at. */
  readonly right: boolean;
}

export interface Kind {
  readonly name: string;
  /** How often it is taken, in relation to the others. */
  readonly weight: number;
  readonly run: (pool: Pool, count: number) => Promise<Seen>;
  readonly isTrue: (seen: Seen) => boolean;
}

const upper = await Bun.file(join(import.meta.dir, "../../../../examples/untrusted/upper.wasm")).bytes();
/** The same module for a runtime, and others for a store: a section that nobody reads. */
const MODULES = ["a", "b", "c", "d"].map((name) => Uint8Array.of(...upper, 0, 2, 1, name.charCodeAt(0)));

export const KINDS: readonly Kind[] = [
  call(
    "adds",
    30,
    (count) => ["add", [count, 1]],
    (value, count) => value === count + 1,
  ),
  call(
    "answers after a while",
    10,
    () => ["later", [5]],
    (value) => value === "later",
  ),
  call(
    "gives bytes back",
    10,
    (count) => ["echo", [bytes(count)]],
    (value, count) => isBytes(value, count),
  ),
  ends("throws", 8, "fail", [], { status: "failed", blame: "job" }),
  ends("exits with 3", 8, "exitWith", [3], { status: "failed", exitCode: 3 }),
  ends("ends itself by a signal", 4, "killSelf", ["SIGTERM"], {
    status: "signaled",
    signal: "SIGTERM",
    blame: "ambiguous",
  }),
  ends("writes garbage to its socket", 4, "garbage", [], { status: "invalid-response", blame: "ambiguous" }),
  ends("runs into the CPU limit", 2, "spin", [], { status: "cpu-limit", blame: "job" }, { cpuMs: 30, wallMs: 20_000 }),
  ends("runs into the wall limit", 2, "never", [], { status: "failed", blame: "job" }),
  ends(
    "runs into the memory limit",
    1,
    "hog",
    [],
    { status: "memory-limit", blame: "job" },
    { memoryBytes: 96 * 2 ** 20 },
  ),
  ends(
    "prints too much",
    2,
    "print",
    ["x".repeat(20_000)],
    { status: "output-limit", blame: "job" },
    { outputBytes: 4096 },
  ),
  command("true", 12, ["true"], { status: "ok", exitCode: 0 }),
  command("exit 7", 8, ["sh", "-c", "exit 7"], { status: "failed", exitCode: 7 }),
  command("leaves a process behind", 4, ["sh", "-c", "sleep 60 & exit 0"], { status: "ok", exitCode: 0 }),
  command("sleeps past the wall limit", 1, ["sleep", "60"], { status: "wall-limit", blame: "job" }, { wallMs: 60 }),
  {
    name: "runs a stored artifact",
    weight: 8,
    run: runStored,
    isTrue: ({ verdict, right }) => verdict.status === "ok" && right,
  },
  {
    name: "cat",
    weight: 8,
    run: async (pool, count) => {
      const sent = `${count}`.repeat(200);
      const { verdict, stdout } = await pool.run(["cat"], { stdin: sent });
      return { verdict, right: verdict.status !== "ok" || new TextDecoder().decode(stdout) === sent };
    },
    isTrue: ({ verdict, right }) => verdict.status === "ok" && right,
  },
];

/** Of an artifact that is taken from the store, or prepared where it is not there as it was. */
async function runStored(pool: Pool, count: number): Promise<Seen> {
  try {
    const artifact = await pool.prepare(MODULES[count % MODULES.length] ?? upper);
    const outcome = await pool.wasm(artifact, "upper", new TextEncoder().encode(`job ${count}`));
    const right = !outcome.ok || new TextDecoder().decode(outcome.value) === `JOB ${count}`;
    return { verdict: outcome.verdict, right };
  } catch (error) {
    if (error instanceof JobError) return { verdict: error.verdict, right: true };
    throw error;
  }
}

type Limits = NonNullable<Parameters<Pool["execute"]>[2]>["limits"];

function call(
  name: string,
  weight: number,
  asked: (count: number) => [string, unknown[]],
  isRight: (value: unknown, count: number) => boolean,
): Kind {
  return {
    name,
    weight,
    run: async (pool, count) => {
      const outcome = await pool.execute(...asked(count));
      return { verdict: outcome.verdict, right: !outcome.ok || isRight(outcome.value, count) };
    },
    isTrue: ({ verdict, right }) => verdict.status === "ok" && right,
  };
}

function ends(
  name: string,
  weight: number,
  exportName: string,
  args: unknown[],
  expected: Partial<Verdict>,
  limits: Limits = {},
): Kind {
  return {
    name,
    weight,
    run: async (pool) => ({ verdict: (await pool.execute(exportName, args, { limits })).verdict, right: true }),
    isTrue: ({ verdict }) => agrees(verdict, expected),
  };
}

function command(
  name: string,
  weight: number,
  argv: readonly string[],
  expected: Partial<Verdict>,
  limits: Limits = {},
): Kind {
  return {
    name,
    weight,
    run: async (pool) => ({ verdict: (await pool.run(argv, { limits })).verdict, right: true }),
    isTrue: ({ verdict }) => agrees(verdict, expected),
  };
}

function agrees(verdict: Verdict, expected: Partial<Verdict>): boolean {
  return Object.entries(expected).every(([field, value]) => verdict[field as keyof Verdict] === value);
}

function bytes(count: number): Uint8Array {
  return new Uint8Array(5000).fill(count % 256);
}

function isBytes(value: unknown, count: number): boolean {
  return value instanceof Uint8Array && Buffer.compare(value, bytes(count)) === 0;
}
