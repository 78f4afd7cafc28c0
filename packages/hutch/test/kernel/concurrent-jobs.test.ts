// Several jobs in one worker at once: each in its own namespaces, with its own limits and its own end.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { syscallNumbers } from "@hutch/syscall";
import { createPool, type Report } from "../../src/index.ts";
import type * as beside from "./jobs/beside.ts";
import { descendantsOf, processesWith } from "./processes.ts";
import { leakedSince, settledDescriptors, until } from "./until.ts";

const module = join(import.meta.dir, "jobs/beside.ts");
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const networkControl = ({ isolation }: Report): string =>
  isolation.controls.find(({ name }) => name === "net-namespace")?.why ?? "";

describe.each(["linux-clone", "posix-fork"] as const)("concurrentTasksPerWorker on %s", (backend) => {
  test("so many jobs run in one worker at once, and the next one waits", async () => {
    await using pool = await createPool({ concurrentTasksPerWorker: 3, policy: { backend } });
    const seconds = `${600 + Math.random()}`;
    const running = range(5).map(() => pool.run(["/bin/sleep", seconds], { limits: { wallMs: 60_000 } }));
    const ends = running.map((job) => job.then(({ verdict }) => verdict.signal, String));
    // Before it becomes /bin/sleep a job has the command line of who made it.
    const sleeping = (): number[] => processesWith(seconds).filter((pid) => descendantsOf(process.pid).includes(pid));
    await until(() => sleeping().length === 3);
    await Bun.sleep(50);
    expect(sleeping().length).toBe(3);
    running[0]?.kill();
    await until(() => sleeping().length === 3 && !isPending(running[0]));
    for (const job of running) job.kill();
    await Promise.all(ends);
    await until(() => processesWith(seconds).length === 0);
  });

  test("jobs that spin or stop themselves hold up nobody's launch, exit or kill", async () => {
    await using pool = await createPool<typeof beside>({
      module,
      concurrentTasksPerWorker: 8,
      policy: { backend },
    });
    // A standby has descriptors too, and on a slow machine it comes late.
    await until(() => pool.stats().standbys.waiting > 0 || pool.stats().standbys.heldBack !== null);
    const before = await settledDescriptors();
    const enough = new AbortController();
    const patient = { signal: enough.signal, limits: { cpuMs: 200_000, wallMs: 200_000 } };
    const lasting = [pool.execute("spin", [], patient), pool.execute("stop", [], patient)];
    const ends = lasting.map((outcome) => outcome.then(({ verdict }) => verdict.status, String));
    const hostile = [
      pool.execute("spin", [], { limits: { cpuMs: 20_000, wallMs: 500 } }),
      pool.execute("stop", [], { limits: { wallMs: 500 } }),
      pool.execute("spin", [], { limits: { cpuMs: 300, wallMs: 20_000 } }),
    ];
    expect(await Promise.all(range(20).map((value) => pool.call("answer", [value])))).toEqual(range(20));
    expect(lasting.map(isPending)).toEqual([true, true]);
    const statuses = (await Promise.all(hostile)).map(({ verdict }) => verdict.status);
    expect(statuses).toEqual(["wall-limit", "wall-limit", "cpu-limit"]);
    enough.abort(new Error("enough"));
    expect(await Promise.all(ends)).toEqual(["Error: enough", "Error: enough"]);
    expect(await pool.call("answer", [1])).toBe(1);
    expect(await leakedSince(before)).toEqual([]);
  });
});

function isPending(job: PromiseLike<unknown> | undefined): boolean {
  return job === undefined ? false : Bun.peek.status(job as Promise<unknown>) === "pending";
}

describe("the networks of jobs beside each other", () => {
  test("are their own: no job reaches a port or an abstract name of another", async () => {
    await using pool = await createPool<typeof beside>({ module, concurrentTasksPerWorker: 4 });
    // It can be reached at all, by the job itself.
    expect(await pool.call("listenAndReach", [])).toEqual(["tcp", "abstract"]);
    const listening = pool.call("listen", [1_500]);
    const seen = await Promise.all(range(3).map(() => pool.call("reach", [])));
    expect(seen).toEqual([[], [], []]);
    expect(await listening).toBe(0);
    // Those of jobs that ended may have their numbers used again: the four have to be there at once, however slow they are.
    let networks = new Set<string>();
    for (const ms of [200, 2_000, 6_000]) {
      networks = new Set(await Promise.all(range(4).map(() => pool.call("networkFor", [ms]))));
      if (networks.size === 4) break;
    }
    expect(networks.size).toBe(4);
    const { report } = await pool.execute("network", []);
    expect(networkControl(report)).toBe("a network of its own with nothing but loopback");
  });

  test("are one, where their system calls let them make no socket; the report says so", async () => {
    const refused = ["socket", "socketpair", "io_uring_setup"];
    const names = Object.keys(syscallNumbers(process.arch === "x64" ? "x86-64" : "arm64"));
    const syscalls = {
      defaultAction: "SCMP_ACT_ERRNO",
      syscalls: [{ names: names.filter((name) => !refused.includes(name)), action: "SCMP_ACT_ALLOW" }],
    } as const;
    await using pool = await createPool<typeof beside>({
      module,
      concurrentTasksPerWorker: 4,
      policy: { syscalls },
    });
    const networks = await Promise.all(range(4).map(() => pool.call("networkFor", [200])));
    expect(new Set(networks).size).toBe(1);
    expect(await pool.call("reach", [])).toEqual([]);
    const { report } = await pool.execute("network", []);
    expect(networkControl(report)).toContain("shared by jobs that may make no socket");
  });

  test("a job that is alone in its worker has the worker's", async () => {
    await using pool = await createPool<typeof beside>({ module });
    const networks = [await pool.call("network", []), await pool.call("network", [])];
    expect(new Set(networks).size).toBe(1);
    expect(networkControl((await pool.execute("network", [])).report)).toContain("one job is in it at a time");
  });
});
