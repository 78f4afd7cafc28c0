// Runs every example as a user would, in a process of its own, and looks at what it prints.
// Needs: a machine on which the default sandbox can be enforced.
import { beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { canRun } from "./can-run.ts";

const FOLDER = join(import.meta.dir, "../..");
const TIMEOUT_MS = 60_000;

interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** From a folder that is not the example's: nothing may depend on where a user stands. */
async function example(name: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = Bun.spawn([process.execPath, "--conditions=hutch-source", join(FOLDER, name)], {
    cwd: "/",
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", ...env },
  });
  const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { exitCode, stdout, stderr };
}

/** Each line that has to be there, in this order. */
function expectLines({ stdout, stderr, exitCode }: Ran, lines: readonly (string | RegExp)[]): void {
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  let rest = stdout.split("\n");
  for (const line of lines) {
    const found = rest.findIndex((each) => (typeof line === "string" ? each.startsWith(line) : line.test(each)));
    if (found < 0) throw new Error(`Cannot find ${String(line)} in:\n${stdout}`);
    rest = rest.slice(found + 1);
  }
}

describe.skipIf(!canRun())("examples (skipped where the default sandbox cannot be)", () => {
  // The interpreter is compiled, and its compiler's threads end some seconds later. So it begins before the others.
  let python: Promise<Ran>;
  beforeAll(() => {
    python = example("python.ts");
  });

  test(
    "command.ts runs commands and shows their ends",
    async () => {
      expectLines(await example("command.ts"), [
        "42",
        "1000",
        "bin",
        "usr",
        "failed 3 oops",
        "JobError: failed",
        "apple, pear",
        /controls enforced$/,
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    "function.ts calls functions; values keep their types, errors their names",
    async () => {
      expectLines(await example("function.ts"), [
        "halve: 4096 pixels to 1024",
        "describe: Map(4)",
        /1970-01-01T00:00:00.000Z bigint$/,
        'parsePrice: failed - RangeError: "ten" is not a price',
        "spin: cpu-limit - ",
        "parsePrice: 12.5",
        /^jobs start (warm|cold)/,
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    "streaming.ts reads output as it comes and ends jobs early",
    async () => {
      expectLines(await example("streaming.ts"), [
        'stdout "line 1\\n"',
        'stdout "line 3\\n"',
        'stderr "done\\n"',
        "ok",
        "gave up: TimeoutError",
        "first chunk of yes",
        "3 lines",
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    "pool.ts has an answer to every trouble of its jobs",
    async () => {
      expectLines(await example("pool.ts"), [
        "failed            blame job        RangeError: the price is negative",
        "signaled          blame ambiguous  it ended by SIGABRT",
        "cpu-limit         blame job ",
        "wall-limit ",
        "memory-limit      blame job ",
        "invalid-response  blame ambiguous  it exited with 0 and did not answer",
        "failed            blame job        it exited with 3",
        "output-limit      blame job ",
        "failed            blame job        NeverSettledError",
        'ok                blame none       "order 7 is done"',
        "late:  DEADLINE_PASSED: ",
        "full:  QUEUE_FULL: ",
        "ended: Error: the shift is over",
        /^order: (high|normal|low)(, (high|normal|low)){3}$/,
        "close: slept for 300 ms, then POOL_CLOSED: ",
        /^6 ok, .*; 1 refused, 1 late$/,
        /^\d workers started, 0 left, 0 died$/,
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    "wasm.ts prepares and runs modules",
    async () => {
      expectLines(await example("wasm.ts"), [
        "upper.wasm: bytes, 143 bytes",
        "BYTES IN, BYTES OUT",
        "spin: cpu-limit",
        "FROM A FILE",
        "hello from WASI",
        "failed: WasmError: Cannot compile the wasm module",
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    "artifacts.ts prepares and bundles once, and repairs what is damaged",
    async () => {
      expectLines(await example("artifacts.ts"), [
        "five callers: 1 prepared, 0 found, 4 joined, 0 repaired",
        "next start: 0 prepared, 1 found, 0 joined, 0 repaired",
        "damaged: 1 prepared, 1 found, 0 joined, 1 repaired",
        "first start: 6 words",
        "second start: 6 words",
        "bundled: 2 prepared, 2 found, 0 joined, 1 repaired",
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    "preload.ts compiles untrusted TypeScript with a preloaded compiler",
    async () => {
      expectLines(await example("preload.ts"), [
        "export const answer = 42;",
        "problems: Type expected.",
        "nested source: failed",
        "let still = 'here';",
        /^jobs start/,
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    "python.ts runs untrusted Python from a preloaded interpreter",
    async () => {
      expectLines(await python, [
        /^jobs start warm/,
        "average of six: 3.5",
        "ZeroDivisionError: division by zero",
        "environment: /tmp",
        "printed: still here",
        "endless: cpu-limit",
      ]);
    },
    4 * TIMEOUT_MS,
  );

  test(
    "judge.ts judges every submission",
    async () => {
      expectLines(await example("judge.ts"), [
        /^right +accepted, accepted, accepted$/,
        /^wrong .*wrong answer/,
        /^crashes +failed, failed, failed$/,
        /^never ends +cpu-limit, cpu-limit, cpu-limit$/,
        /^eats memory +memory-limit, memory-limit, memory-limit$/,
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    "hostile.ts stops everything and the machine is as it was",
    async () => {
      expectLines(await example("hostile.ts"), [
        /^computes forever +cpu-limit/,
        /^sleeps forever +wall-limit/,
        /^eats memory +memory-limit/,
        /^fork bomb +(process-limit|failed)/,
        /^floods its output +output-limit/,
        /^leaves a process +ok/,
        /it said: cat: write error: No space left on device$/,
        /it said: cat: \/etc\/shadow: No such file or directory$/,
        /it said: .*No such file or directory$/,
        /it said: .*Read-only file system$/,
        /^ends by a signal +signaled +it ended by SIGSEGV/,
        "This process is alive and its files are untouched.",
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    "demo.ts shows every verdict that it expects, within 80 columns",
    async () => {
      const ran = await example("demo.ts");
      expectLines(ran, [
        "Hutch: ",
        /^text-report\.ts +ok .* (warm|cold)$/,
        /^word-count\.(py|pl|sh) +ok .* exec$/,
        /^hostile\.ts snoops around +ok/,
        /^ +read \/etc\/shadow: ENOENT$/,
        /^ +read a file of the host: ENOENT$/,
        /^hostile\.ts mines +cpu-limit/,
        /^hostile\.ts eats memory +memory-limit/,
        /^fork bomb +(process-limit|failed)/,
        /^floods its output +output-limit/,
        /^\+ user-namespace/,
        /^\+ seccomp/,
      ]);
      expect(ran.stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
      expect(ran.stdout).not.toContain("\u001b");
    },
    TIMEOUT_MS,
  );

  // A user namespace in which no further one is allowed: what a machine without them looks like.
  test.skipIf(Bun.which("unshare") === null)(
    "demo.ts says why the sandbox is refused, and what to change (skipped without unshare)",
    async () => {
      const script = `echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" --conditions=hutch-source "$1"`;
      const program = ["/bin/sh", "-c", script, process.execPath, join(FOLDER, "demo.ts")];
      const env = { ...process.env, NO_COLOR: "1" };
      const child = Bun.spawn(["unshare", "--user", "--map-root-user", ...program], {
        stdin: "ignore",
        stdout: "pipe",
        env,
      });
      const [stdout, exitCode] = await Promise.all([child.stdout.text(), child.exited]);
      expect(exitCode).toBe(1);
      expect(stdout).toContain("The sandbox was refused, so nothing was run");
      expect(stdout).toMatch(/- user-namespace +the kernel refused clone: ENOSPC\n +what to change +sysctl user\.max/);
    },
    TIMEOUT_MS,
  );

  test(
    "demo.ts has colours where they are wanted",
    async () => {
      expect((await example("demo.ts", { NO_COLOR: "", FORCE_COLOR: "1" })).stdout).toContain("\u001b[32m");
    },
    TIMEOUT_MS,
  );

  test("every example is tested here", () => {
    const text = readFileSync(import.meta.path, "utf8");
    const programs = readdirSync(FOLDER).filter((name) => name.endsWith(".ts"));
    expect(programs.filter((name) => !text.includes(`example("${name}"`))).toEqual([]);
  });
});
