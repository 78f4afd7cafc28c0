// A job that ends process 1 of its own sandbox: then nobody tells how it ended, and its verdict would be `worker-died`, which
// blames us. Init of a pool's job has the job's own user and group, and so does every init that an unprivileged user launches.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { syscallNumber } from "@hutch/syscall";
import { createPool, type Policy, run } from "../../src/index.ts";
import type * as calls from "./jobs/call-by-number.ts";

const module = join(import.meta.dir, "jobs/call-by-number.ts");
/** Orphans that process 1 is late to reap must not use up the processes: that would be another end. */
const limits = { cpuMs: 20_000, wallMs: 30_000, processes: 500 };
const perl = Bun.which("perl") !== null;
const why = perl ? "" : " (needs perl)";
const EPERM = 1;

const PRLIMIT = syscallNumber("prlimit64");
const [RLIMIT_CPU, RLIMIT_NOFILE] = [0, 7];
/** Bits that the kernel does not look at must not get past the filter. */
const PIDS = ["1", "(1 << 32) | 1"] as const;

/** No CPU time for process 1; then orphans, which it has to wait for, so that it uses some; where it is late with that, fork fails. */
const endInit = (pid: string): string =>
  `$none = pack("QQ", 0, 0); $r = syscall(${PRLIMIT}, ${pid}, ${RLIMIT_CPU}, $none, 0); print $r < 0 ? $! + 0 : "set"; exit if $r < 0; while (1) { $child = fork; if (defined $child && !$child) { fork; exit } wait }`;

async function verdictOf(pid: string, syscalls: Policy["syscalls"]): Promise<readonly [status: string, said: string]> {
  await using pool = await createPool({ limits, policy: { syscalls } });
  const result = await pool.run(["perl", "-e", `$| = 1; ${endInit(pid)}`]);
  return [result.verdict.status, result.text()];
}

describe.skipIf(!perl)(`process 1 of a job${why}`, () => {
  test.each(PIDS)("is ended by the limits that a command of a pool sets for %s, but for the filter", async (pid) => {
    expect((await verdictOf(pid, "off"))[0]).toBe("worker-died");
    expect(await verdictOf(pid, "default")).toEqual(["ok", `${EPERM}`]);
  });

  test("is ended by what a function starts, but for the filter", async () => {
    const attack = async (syscalls: Policy["syscalls"]): Promise<readonly [string, unknown]> => {
      await using pool = await createPool<typeof calls>({ module, limits, policy: { syscalls } });
      const result = await pool.execute("outputOf", [["perl", "-e", `$| = 1; ${endInit("1")}`]]);
      return [result.verdict.status, result.ok ? result.value : null];
    };
    expect((await attack("off"))[0]).toBe("worker-died");
    expect(await attack("default")).toEqual(["ok", `${EPERM}`]);
  });
});

const number = syscallNumber;
/** Each makes process 1 run later, or elsewhere, than the job itself: at niceness 19, idle, on the first processor alone. */
const LATER: readonly string[] = [
  `${number("setpriority")}, 0, 1, 19`,
  `${number("setpriority")}, 0, (1 << 32) | 1, 19`,
  `${number("setpriority")}, 2, $< + 0, 19`,
  `${number("setpriority")}, 2, 0, 19`,
  `${number("sched_setaffinity")}, 1, 8, $first`,
  `${number("sched_setscheduler")}, 1, 5, $none`,
  `${number("sched_setparam")}, 1, $none`,
  `${number("sched_setattr")}, 1, $attr, 0`,
  `${number("ioprio_set")}, 1, 1, ${3 << 13}`,
  `${number("ioprio_set")}, 3, $< + 0, ${3 << 13}`,
];
/** Until process 1 is init it has a capability, and so is out of a job's reach. */
const awaitInit = `do { open(S, "<", "/proc/1/status"); $text = join("", <S>) } until $text =~ /CapPrm:\\t0+\\n/;`;
const delayInit = `${awaitInit} $first = pack("Q", 1); $none = pack("L", 0); $attr = pack("LLQlLQQQ", 48, 5, 0, 0, 0, 0, 0, 0);
  sub nice { open(F, "<", "/proc/1/stat"); (split / /, <F>)[18] } $was = nice();
  for (${LATER.map((call) => `sub { syscall(${call}) }`).join(", ")}) { print $_->() < 0 ? $! + 0 : "let", " " }
  print nice() == $was ? "as it was" : "later";`;

describe.skipIf(!perl)(`when process 1 of a job runs${why}`, () => {
  test("is changed by a command of its user, but for the filter", async () => {
    const said = async (syscalls: Policy["syscalls"]): Promise<string> => {
      await using pool = await createPool({ limits, policy: { syscalls } });
      return (await pool.run(["perl", "-e", delayInit])).text();
    };
    expect(await said("off")).toBe(`${LATER.map(() => "let").join(" ")} later`);
    expect(await said("default")).toBe(`${LATER.map(() => EPERM).join(" ")} as it was`);
  });

  test("is not a function's to change either", async () => {
    await using pool = await createPool<typeof calls>({ module, limits });
    const ask = (name: "setpriority" | "sched_setaffinity", args: number[]): Promise<number> =>
      pool.call("callByNumber", [number(name), args]);
    expect(await ask("setpriority", [0, 1, 19])).toBe(-EPERM);
    expect(await ask("sched_setaffinity", [1, 8, 0])).toBe(-EPERM);
    expect(await ask("setpriority", [0, 0, 7])).toBe(0);
  });

  test("and a job sets its own priorities, and those of its threads and processes", async () => {
    const own = `print syscall(${number("setpriority")}, 0, 0, 3), syscall(${number("setpriority")}, 0, $$ + 0, 4), syscall(${number("setpriority")}, 1, 0, 5), syscall(${number("ioprio_set")}, 1, 0, ${3 << 13});`;
    expect((await run(["perl", "-e", own], { limits })).text()).toBe("0000");
    expect(
      (
        await run(["sh", "-c", "nice -n 5 nice; taskset -c 0 true; renice -n 7 $$ >/dev/null; nice"], { limits })
      ).text(),
    ).toBe("5\n7\n");
  });
});

test.skipIf(!perl)(`a job sets its own limits, and reads those of its processes${why}`, async () => {
  await using pool = await createPool({ limits });
  const call = (pid: string, next: string, before: string): string =>
    `print syscall(${PRLIMIT}, ${pid}, ${RLIMIT_NOFILE}, ${next}, ${before}), " ";`;
  const script = `$few = pack("QQ", 50, 60); $was = "\\0" x 16; ${call("0", "$few", "0")} ${call("$$ + 0", "0", "$was")} print join(" ", unpack("QQ", $was))`;
  expect((await pool.run(["perl", "-e", script])).text()).toBe("0 0 50 60");
  expect((await pool.run(["sh", "-c", "ulimit -n 40 && ulimit -n"])).text()).toBe("40\n");
});
