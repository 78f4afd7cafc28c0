// A job that ends process 1 of its own sandbox: then nobody tells how it ended, and its verdict would be `worker-died`, which
// blames us. Init of a pool's job has the job's own user and group, and so does every init that an unprivileged user launches.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { syscallNumber } from "@hutch/syscall";
import { createPool, type Policy } from "../../src/index.ts";
import type * as calls from "./jobs/call-by-number.ts";

const module = join(import.meta.dir, "jobs/call-by-number.ts");
const limits = { cpuMs: 20_000, wallMs: 30_000, processes: 20 };
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

test.skipIf(!perl)(`a job sets its own limits, and reads those of its processes${why}`, async () => {
  await using pool = await createPool({ limits });
  const call = (pid: string, next: string, before: string): string =>
    `print syscall(${PRLIMIT}, ${pid}, ${RLIMIT_NOFILE}, ${next}, ${before}), " ";`;
  const script = `$few = pack("QQ", 50, 60); $was = "\\0" x 16; ${call("0", "$few", "0")} ${call("$$ + 0", "0", "$was")} print join(" ", unpack("QQ", $was))`;
  expect((await pool.run(["perl", "-e", script])).text()).toBe("0 0 50 60");
  expect((await pool.run(["sh", "-c", "ulimit -n 40 && ulimit -n"])).text()).toBe("40\n");
});
