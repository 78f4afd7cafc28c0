// Attacks on limits, verdicts and the host itself, each one act. After each the next job runs, and at the end nothing is left.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { syscallNumber } from "@hutch/syscall";
import { createPool, type Limits, type Outcome, type Pool, run } from "../../src/index.ts";
import type * as attacks from "./jobs/attacks.ts";
import { childrenOf } from "./processes.ts";
import { leakedSince, settledDescriptors } from "./until.ts";

type Attack = keyof typeof attacks;
const MiB = 2 ** 20;
const module = join(import.meta.dir, "jobs/attacks.ts");
const STARVE = join(import.meta.dir, "jobs/starve-init.c");
const limits = { cpuMs: 10_000, wallMs: 60_000, memoryBytes: 64 * MiB };

const { report } = await run(["/bin/true"]);
/** Cgroups count for the whole job; without them some of this is documented as weaker (docs/limits.md). */
const counted = report.isolation.controls.some(
  ({ name, why }) => name === "memory-limit" && why.includes("controller"),
);
const uncounted = counted ? "" : " (no cgroups to count it: docs/limits.md)";

let pool: Pool<typeof attacks>;
beforeAll(async () => {
  // Limits hold without a filter, which would refuse some of these attacks the calls that they are made of.
  pool = await createPool<typeof attacks>({ module, limits, policy: { syscalls: "off" } });
});
afterEach(async () => {
  expect(await pool.call("well", [])).toBe("well");
});
afterAll(async () => {
  await pool.close();
  expect(childrenOf(process.pid)).toEqual([]);
});

/** Others want the processors: what runs beside a job for some microseconds is then stopped in the middle of it. */
function keepBusy(): Disposable {
  const loops = Array.from({ length: navigator.hardwareConcurrency + 2 }, () =>
    Bun.spawn(["/bin/sh", "-c", "while :; do :; done"]),
  );
  return {
    [Symbol.dispose]() {
      for (const loop of loops) loop.kill("SIGKILL");
    },
  };
}

/** The job of an attack with these limits. */
async function attack(name: Attack, args: readonly unknown[], most: Partial<Limits> = {}): Promise<Outcome> {
  return await pool.execute(name as "well", args as never, { limits: { ...limits, ...most } });
}

describe("a job does not lie about its end", () => {
  test.each([
    ["stop", "wall-limit"],
    ["go deaf", "wall-limit"],
    ["be traced", "wall-limit"],
    ["die", "signaled"],
    ["leave", "ok"],
  ] as const)("that answers to %s then: %s", async (how, status) => {
    const outcome = await attack("answerThen", [how], status === "wall-limit" ? { wallMs: 1000 } : {});
    expect(outcome.verdict.status).toBe(status);
  });

  test("by what it takes from process 1: nobody then knows how it ended, and the host is not to blame", async () => {
    const { verdict } = await attack("starveInit", []);
    expect(verdict.blame).not.toBe("host");
    expect(["ok", "worker-died"]).toContain(verdict.status);
  });

  const noCompiler = Bun.which("gcc") === null;
  const before = `by what it takes from process 1 before that is init${noCompiler ? " (no gcc to build the attack with)" : ""}`;
  test.skipIf(noCompiler)(before, async () => {
    const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
    chmodSync(folder, 0o755);
    try {
      const built = Bun.spawnSync(["gcc", "-O2", "-static", "-nostdlib", "-o", join(folder, "starve-init"), STARVE]);
      expect(built.exitCode).toBe(0);
      // The filter refuses the call that it is made of; without one the race is still lost.
      const policy = { files: [{ kind: "read-only", source: folder, path: "/attack" }], syscalls: "off" } as const;
      await using commands = await createPool({ policy, limits });
      using _load = keepBusy();
      for (let round = 0; round < 10; round++) {
        for (const job of [run(["/attack/starve-init"], { policy, limits }), commands.run(["/attack/starve-init"])]) {
          const { status, reason } = (await job).verdict;
          expect([reason, ["ok", "failed", "worker-died"].includes(status)]).toEqual([reason, true]);
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("by ending at the moment at which its CPU time is used up", async () => {
    for (const ms of [80, 90, 95, 100]) {
      const { verdict, report: said } = await attack("burn", [ms], { cpuMs: 100 });
      expect([ms, verdict.status]).toEqual([ms, said.usage.cpuMs > 100 ? "cpu-limit" : verdict.status]);
      expect(["ok", "cpu-limit"]).toContain(verdict.status);
    }
  });
});

describe("a job does not wear out the host", () => {
  test.each(["floodAnswer", "floodOutput"] as const)("%s ends at the output limit", async (name) => {
    const before = process.memoryUsage.rss();
    const { verdict } = await attack(name, [], { outputBytes: MiB });
    expect(verdict.status).toBe("output-limit");
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * MiB);
  });

  test("a byte at a time costs about a byte at a time", async () => {
    const before = process.memoryUsage.rss();
    const outcome = await attack("dripOutput", [100_000]);
    expect([outcome.verdict.status, outcome.stdout.byteLength]).toEqual(["ok", 100_000]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * MiB);
  });

  test("descriptors that it sends are closed", async () => {
    const before = await settledDescriptors();
    expect((await attack("sendDescriptors", [100])).verdict.status).toBe("invalid-response");
    expect(await leakedSince(before)).toEqual([]);
  });

  test("a value of its own changes no prototype", async () => {
    expect((await attack("poisoned", [])).ok).toBe(true);
    expect([({} as { polluted?: unknown }).polluted, Object.keys(Object.prototype)]).toEqual([undefined, []]);
  });

  test("hundreds of processes that it leaves behind are gone with it", async () => {
    const outcome = await attack("multiply", [300], { processes: 400, memoryBytes: 8192 * MiB });
    expect(outcome).toMatchObject({ ok: true, value: [300, 0] });
  });

  test("fifty jobs that die leave no descriptor, process or memory", async () => {
    const before = [await settledDescriptors(), childrenOf(process.pid).length] as const;
    const rss = process.memoryUsage.rss();
    for (let i = 0; i < 50; i++) expect((await attack("answerThen", ["die"])).verdict.status).toBe("signaled");
    expect(await pool.call("well", [])).toBe("well");
    expect(childrenOf(process.pid).length - before[1]).toBeLessThan(2);
    expect(await leakedSince(before[0])).toEqual([]);
    expect(process.memoryUsage.rss() - rss).toBeLessThan(50 * MiB);
  });

  test("more arguments than the kernel takes are the caller's failed job", async () => {
    const { verdict } = await run(["/bin/true", "x".repeat(2 ** 17)]);
    expect(verdict).toMatchObject({ status: "failed", blame: "job", executeError: "E2BIG" });
  });
});

describe("a job takes no more than its limits", () => {
  const EAGAIN = -11;

  test("of processes", async () => {
    const outcome = await attack("multiply", [1000], { processes: 50, memoryBytes: 4096 * MiB });
    const [made = 0, refused] = outcome.ok ? (outcome.value as number[]) : [];
    expect(refused).toBe(EAGAIN);
    expect(made).toBeLessThanOrEqual(50);
  });

  test("of descriptors, files and folders", async () => {
    expect(await attack("fillDescriptors", [])).toMatchObject({ ok: true, value: "EMFILE" });
    expect(await attack("fillInodes", [], { diskBytes: MiB })).toMatchObject({ ok: true, value: "ENOSPC" });
    expect((await attack("digDeep", [2000])).ok).toBe(true);
  });

  test("of its scratch folder", async () => {
    const outcome = await attack("hoard", ["tmpfs", 64], { diskBytes: 8 * MiB, memoryBytes: 256 * MiB });
    expect(outcome).toMatchObject({ ok: true, value: 8 });
  });

  test.skipIf(!counted).each(["memfd", "shm", "tmpfs"] as const)(`of memory in a %s${uncounted}`, async (what) => {
    const outcome = await attack("hoard", [what, 192], { diskBytes: 512 * MiB, fileSizeBytes: 512 * MiB });
    expect(outcome.verdict).toMatchObject({ status: "memory-limit", blame: "job" });
  });

  test.skipIf(!counted)(`of memory in connections to itself${uncounted}`, async () => {
    const outcome = await attack("hoardInSockets", [50], { memoryBytes: 48 * MiB });
    expect(["ok", "memory-limit"]).toContain(outcome.verdict.status);
    if (outcome.ok) expect(outcome.value as number).toBeLessThan(64 * MiB);
  });

  test.skipIf(!counted)(`of CPU time in children that nobody waits for${uncounted}`, async () => {
    const outcome = await attack("burnUnseen", [50_000], { cpuMs: 300 });
    expect(outcome.verdict).toMatchObject({ status: "cpu-limit", blame: "job" });
    expect(outcome.report.usage.cpuMs).toBeGreaterThanOrEqual(300);
  });
});

/** Python, after which `go()` says that it was not ended and waits to be. */
const HIDES = `
import ctypes, mmap, os, threading, time
libc = ctypes.CDLL(None)
def go():
    os.write(1, b"held")
    time.sleep(50)
`;
const python = Bun.which("python3") !== null;

describe("a command is ended for memory", () => {
  test.skipIf(!python).each([
    [
      "that its threads take after its first one ended",
      `def take():
    time.sleep(0.1)
    held = mmap.mmap(-1, 512 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for at in range(0, 512 << 20, 4096): held[at] = 1
    go()
threading.Thread(target=take).start()
libc.syscall(${syscallNumber("exit")}, 0)`,
    ],
    [
      "that the kernel takes for the tables of its pages",
      `held = mmap.mmap(-1, 256 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=mmap.PROT_READ)
held.madvise(15)
for at in range(0, 256 << 30, 2 << 20): held[at]
go()`,
    ],
  ])(`%s${python ? "" : " (needs python3)"}`, async (_way, script) => {
    const { verdict } = await run(["python3", "-c", `${HIDES}${script}`], { limits: { ...limits, cpuMs: 50_000 } });
    expect(verdict).toMatchObject({ status: "memory-limit", blame: "job" });
  });
});
