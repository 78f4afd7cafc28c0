// A job that plays tricks while the host decides: it changes what the call points to, is interrupted, executes, runs out of
// descriptors, is killed. What shows that a trick would work is a handler that breaks the rule by means of its own.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend, Step } from "@hutch/core";
import { linuxClone } from "@hutch/linux-clone";
import { SECCOMP_FILTER_FLAG } from "@hutch/syscall";
import { type CallAnswer, type CallHandler, type Policy, type RunResult, run } from "../../src/index.ts";
import { ableToSupervise, gcc, missing } from "./able-to-supervise.ts";
import { descendantsOf } from "./processes.ts";
import { leakedSince, settledDescriptors, until } from "./until.ts";

const limits = { cpuMs: 60_000, wallMs: 90_000, processes: 200 };
const [EPERM, EMFILE, SIGKILL] = [1, 24, 9];

let folder = "";
beforeAll(() => {
  if (!gcc || !ableToSupervise) return;
  folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
  chmodSync(folder, 0o755);
  const source = join(import.meta.dir, "jobs/waits-for-host.c");
  const built = Bun.spawnSync(["gcc", "-O2", "-pthread", "-o", join(folder, "tricks"), source]);
  if (built.exitCode !== 0) throw new Error(built.stderr.toString());
});
afterAll(() => {
  if (folder !== "") rmSync(folder, { recursive: true });
});

interface More {
  readonly hostname?: string;
  readonly openFiles?: number;
  readonly stdin?: ReadableStream<Uint8Array>;
}

async function trick(name: string, mkdirat: CallHandler, more: More = {}): Promise<RunResult> {
  const policy: Partial<Pick<Policy, "files" | "hostname">> = {
    files: [{ kind: "read-only", source: folder, path: "/attack" }],
    ...(more.hostname !== undefined && { hostname: more.hostname }),
  };
  return await run(["/attack/tricks", name], {
    limits: { ...limits, ...(more.openFiles !== undefined && { openFiles: more.openFiles }) },
    policy: { ...policy, supervise: { calls: { mkdirat } } },
    ...(more.stdin !== undefined && { stdin: more.stdin }),
  });
}

/** What a job waits for on its stdin, and the host writes when it has seen something. */
function doorbell(): { readonly stdin: ReadableStream<Uint8Array>; readonly ring: () => void } {
  let ring = (): void => {};
  const stdin = new ReadableStream<Uint8Array>({
    start(controller) {
      ring = () => controller.enqueue(new Uint8Array([1]));
    },
  });
  return { stdin, ring: () => ring() };
}

/** The caller as the machine knows it, past all that a handler is told. */
function findCaller(thread: number): number {
  const name = new RegExp(`^NSpid:.*\\t${thread}$`, "m");
  const found = descendantsOf(process.pid).find((pid) => name.test(readFileSync(`/proc/${pid}/status`, "latin1")));
  if (found === undefined) throw new Error(`no process is ${thread} in its job`);
  return found;
}

/** The caller's memory by the rights of whoever owns the job, past all that a handler is given. */
function peek(thread: number, address: bigint): string {
  const memory = openSync(`/proc/${findCaller(thread)}/mem`, "r");
  try {
    const bytes = Buffer.alloc(9);
    readSync(memory, bytes, 0, 9, Number(address));
    return bytes.toString();
  } finally {
    closeSync(memory);
  }
}

describe.skipIf(!gcc || !ableToSupervise)(`while the host decides, a job${missing("gcc")}`, () => {
  test("changes the name from another process: nothing is made by it, unless a handler goes round the rule", async () => {
    const naive: CallHandler = ({ thread, args }) =>
      peek(thread, args[1]) === "/tmp/good" ? "allow" : { errno: EPERM };
    expect((await trick("race", naive)).text()).toBe("evil");
    const careful: CallHandler = ({ args }) => ({
      look: async (memory) => ((await memory.text(args[1])) === "/tmp/good" ? { result: 0 } : { errno: EPERM }),
    });
    expect((await trick("race", careful)).text()).toBe("only good");
  });

  for (const name of ["signals", "signals-restart"])
    test(`gets many signals (${name}): it is asked for once, which one flag of the filter does`, async () => {
      let asked = 0;
      const slow: CallHandler = async () => {
        asked += 1;
        await Bun.sleep(100);
        return { result: 0 };
      };
      expect((await trick(name, slow)).text()).toBe("0 0 caught");
      expect(asked).toBe(1);
      const { plan } = linuxClone;
      const weak: Backend["plan"] = (request, probe) => {
        const planned = plan(request, probe);
        const outer = planned.plan.outer.map((step): Step => {
          const [mode, flags, ...rest] = step.args;
          if (step.call !== "seccomp" || mode === undefined || typeof flags !== "number") return step;
          return { ...step, args: [mode, flags & ~SECCOMP_FILTER_FLAG.WAIT_KILLABLE_RECV, ...rest] };
        });
        return { ...planned, plan: { ...planned.plan, outer } };
      };
      asked = 0;
      // It is asked again in the time of its first answer, which is not heard any more. Then it gets its answer at once.
      const patient: CallHandler = async () => {
        asked += 1;
        for (let waitedMs = 0; asked === 1 && waitedMs < 4000; waitedMs += 5) await Bun.sleep(5);
        return { result: 0 };
      };
      Object.assign(linuxClone, { plan: weak });
      try {
        await trick(name, patient, { hostname: `weak-${name}` });
        expect(asked).toBeGreaterThan(1);
      } finally {
        Object.assign(linuxClone, { plan });
      }
    });

  test("executes another program: the caller is gone, and what it was to get is closed", async () => {
    const before = await settledDescriptors();
    const { stdin, ring } = doorbell();
    const done = Promise.withResolvers<CallAnswer>();
    const calls: CallHandler = async () => {
      ring();
      return await done.promise;
    };
    const job = await trick("exec", calls, { stdin });
    expect([job.verdict.status, job.text()]).toEqual(["ok", "another program"]);
    done.resolve({ descriptor: openSync("/dev/null", "r") });
    expect(await leakedSince(before)).toEqual([]);
  });

  test("kills the caller: nobody gets the answer", async () => {
    const before = await settledDescriptors();
    const { stdin, ring } = doorbell();
    const done = Promise.withResolvers<CallAnswer>();
    const calls: CallHandler = async () => {
      ring();
      return await done.promise;
    };
    expect((await trick("killed", calls, { stdin })).text()).toBe(`${SIGKILL}`);
    done.resolve({ descriptor: openSync("/dev/null", "r") });
    expect(await leakedSince(before)).toEqual([]);
  });

  test("has no descriptor left: the call fails with EMFILE, and the next one gets what it wants", async () => {
    const before = await settledDescriptors();
    const calls: CallHandler = () => ({ descriptor: openSync("/dev/null", "r") });
    expect((await trick("full", calls, { openFiles: 32 })).text()).toBe(`${EMFILE} 1`);
    expect(await leakedSince(before)).toEqual([]);
  });

  test("puts another file at the number: the host's comes to stand there, and the other is closed", async () => {
    const { stdin } = doorbell();
    const calls: CallHandler = async ({ thread }) => {
      const there = `/proc/${findCaller(thread)}/fd/20`;
      await until(() => readlinkSync(there) === "/dev/null");
      return { descriptor: openSync("/proc/sys/kernel/ostype", "r"), at: 20 };
    };
    expect((await trick("swap", calls, { stdin })).text()).toBe("0 Linux\n");
  });

  test("calls from a hundred threads: 32 are decided at a time, and all are", async () => {
    let [now, most, asked] = [0, 0, 0];
    const calls: CallHandler = async () => {
      asked += 1;
      now += 1;
      most = Math.max(most, now);
      // Nobody is answered before as many as there may be are asked for.
      while (most < 32) await Bun.sleep(1);
      now -= 1;
      return { result: 0 };
    };
    expect((await trick("many", calls)).text()).toBe("all");
    expect([asked, most]).toEqual([100, 32]);
  });

  test("lets the caller have no processor: the host does not wait until it takes what it is given", async () => {
    const descriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;
    const seen = Promise.withResolvers<boolean>();
    let calls = 0;
    // Now and then the caller is quick all the same. A host that waited would never be the first.
    const mkdirat: CallHandler = ({ thread }) => {
      calls += 1;
      const pid = findCaller(thread);
      const before = descriptors(pid);
      setImmediate(() => {
        if (descriptors(pid) === before) seen.resolve(true);
        else if (calls === 200) seen.resolve(false);
      });
      return { descriptor: openSync("/dev/null", "r") };
    };
    const policy = {
      files: [{ kind: "read-only", source: folder, path: "/attack" }],
      supervise: { calls: { mkdirat } },
    } as const;
    await using job = run(["/attack/tricks", "starved"], { limits, policy });
    job.catch(() => {
      // It is ended at the end of this test.
    });
    expect(await seen.promise).toBe(true);
  });

  test("is ended by its caller: the answer that comes later finds nobody and leaves nothing", async () => {
    const before = await settledDescriptors();
    const asked = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    const policy = {
      files: [{ kind: "read-only", source: folder, path: "/attack" }],
      supervise: {
        calls: {
          mkdirat: async () => {
            asked.resolve();
            await done.promise;
            return { descriptor: openSync("/dev/null", "r") };
          },
        },
      },
    } as const;
    const job = run(["/attack/tricks", "many"], { limits, policy });
    await asked.promise;
    job.kill(new Error("enough"));
    expect(await job.then(() => "ran", String)).toBe("Error: enough");
    done.resolve();
    expect(await leakedSince(before)).toEqual([]);
  });
});
