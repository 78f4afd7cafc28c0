// policy.supervise.calls: what a handler of the host may answer, and what becomes of a call that nobody answers.
import { describe, expect, test } from "bun:test";
import { openSync } from "node:fs";
import { tmpdir } from "node:os";
import { syscallNumber } from "@hutch/syscall";
import type { CallAnswer, CallerMemory, CallHandler, CallHandlers, RunResult } from "../../src/index.ts";
import { run } from "../../src/index.ts";
import { ableToSupervise, missing, perl } from "./able-to-supervise.ts";
import { leakedSince, settledDescriptors } from "./until.ts";

const limits = { cpuMs: 10_000, wallMs: 60_000 };
const [EPERM, EIO, EXDEV, ETIMEDOUT] = [1, 5, 18, 110];

/** Answers for mkdir(2) and what stands for it. */
function folders(handler: CallHandler): CallHandlers {
  return process.arch === "x64" ? { mkdir: handler, mkdirat: handler } : { mkdirat: handler };
}

async function inPerl(script: string, calls: CallHandlers, more: { answerMs?: number } = {}): Promise<RunResult> {
  return await run(["perl", "-e", script], { limits, policy: { supervise: { calls, ...more } } });
}

const MAKE = 'print mkdir("/tmp/x") ? "made" : $! + 0, " ", -d "/tmp/x" ? "there" : "nowhere"';

async function said(answer: unknown): Promise<string> {
  return (
    await inPerl(
      MAKE,
      folders(() => answer as CallAnswer),
    )
  ).text();
}

/** The warning that a failing handler leaves. */
async function warning(job: () => Promise<unknown>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const listen = (error: Error): void => resolve(error.message);
  process.once("warning", listen);
  try {
    await job();
    return await promise;
  } finally {
    process.off("warning", listen);
  }
}

describe.skipIf(!perl || !ableToSupervise)(`a handler of a system call${missing("perl")}`, () => {
  test("lets it through, refuses it, or says that it was made", async () => {
    expect(await said("allow")).toBe("made there");
    expect(await said({ errno: "EXDEV" })).toBe(`${EXDEV} nowhere`);
    expect(await said({ errno: EPERM })).toBe(`${EPERM} nowhere`);
    expect(await said({ result: 0 })).toBe("made nowhere");
    expect(await said(Promise.resolve({ errno: "EXDEV" }))).toBe(`${EXDEV} nowhere`);
    expect(await said({ look: async () => ({ errno: "EXDEV" }) })).toBe(`${EXDEV} nowhere`);
  });

  test("is told of registers, and of nothing else", async () => {
    const seen: unknown[] = [];
    const calls: CallHandlers = {
      socket: (call) => {
        seen.push([call.name, ...call.args.slice(0, 3).map(Number), call.thread > 1, Object.keys(call).sort()]);
        return call.args[0] === 1n ? "allow" : { errno: "EXDEV" };
      },
    };
    const script = `use Socket; print socket(A, PF_UNIX, SOCK_STREAM, 0) ? "made" : $! + 0, " ", socket(B, PF_INET, SOCK_STREAM, 0) ? "made" : $! + 0`;
    expect((await inPerl(script, calls)).text()).toBe(`made ${EXDEV}`);
    const keys = ["args", "name", "signal", "thread"];
    const SOCK_CLOEXEC = 0o2000000;
    expect(seen.map((each) => JSON.stringify(each).replace(`${1 + SOCK_CLOEXEC}`, "1"))).toEqual([
      JSON.stringify(["socket", 1, 1, 0, true, keys]),
      JSON.stringify(["socket", 2, 1, 0, true, keys]),
    ]);
  });

  test("reads a copy of the caller's memory, and gets no other", async () => {
    const looks: unknown[] = [];
    const path = (args: readonly bigint[]): bigint => ((args[1] ?? 0n) > 0xffffn ? (args[1] ?? 0n) : (args[0] ?? 0n));
    const calls = folders(({ args }) => ({
      look: async (memory) => {
        const tooMuch = await memory.read(path(args), 65_537).catch((error: Error) => error.name);
        const bytes = await memory.read(path(args), 4);
        looks.push(bytes === null ? null : Buffer.from(bytes).toString(), tooMuch);
        looks.push((await memory.text(path(args)))?.length);
        looks.push(await memory.text(0n), await memory.read(8n, 8), await memory.text(2n ** 64n - 1n));
        return { result: 0 };
      },
    }));
    const long = `"/tmp/" . "x" x 4000`;
    expect((await inPerl(`print mkdir(${long}) ? "made" : $! + 0`, calls)).text()).toBe("made");
    expect(looks).toEqual(["/tmp", "RangeError", 4005, null, null, null]);
  });

  test("that kept what it looked with is shown nothing after its answer", async () => {
    const kept: CallerMemory[] = [];
    let at = 0n;
    const calls = folders(({ args }) => {
      at = args[0] > 0xffffn && args[0] < 2n ** 63n ? args[0] : args[1];
      return {
        look: async (memory) => {
          expect(await memory.text(at)).toBe("/tmp/x");
          kept.push(memory);
          return { result: 0 };
        },
      };
    });
    let later: string | null | undefined;
    const stdin = new ReadableStream<Uint8Array>({
      async pull(controller) {
        while (kept.length === 0) await Bun.sleep(1);
        // The caller has gone on, and waits for this.
        later = await kept[0]?.text(at);
        controller.close();
      },
    });
    const policy = { supervise: { calls } };
    await run(["perl", "-e", `${MAKE}; <STDIN>`], { limits, stdin, policy });
    expect(later).toBeNull();
  });

  test("gives a descriptor, at the lowest number or in the place of another", async () => {
    const file = (): number => openSync("/proc/sys/kernel/ostype", "r");
    const before = await settledDescriptors();
    const read = (fd: string): string => `open(F, "<&=", ${fd}); print scalar <F>;`;
    const script = `$path = "/tmp/x"; $fd = syscall(${syscallNumber("mkdirat")}, -100, $path, 0); print "$fd "; ${read("$fd")}`;
    expect(
      (
        await inPerl(
          script,
          folders(() => ({ descriptor: file() })),
        )
      ).text(),
    ).toBe("3 Linux\n");
    const placed = `$| = 1; print mkdir("/tmp/x") ? "made " : $! + 0; system("test -e /proc/self/fd/9 && printf 'kept '"); ${read("9")}`;
    const at = (closeOnExec: boolean): CallHandlers => folders(() => ({ descriptor: file(), at: 9, closeOnExec }));
    expect((await inPerl(placed, at(false))).text()).toBe("made kept Linux\n");
    expect((await inPerl(placed, at(true))).text()).toBe("made Linux\n");
    expect(await leakedSince(before)).toEqual([]);
  });

  test("cannot let a call through once it has looked: by the types, and when it runs", async () => {
    // @ts-expect-error "allow" is no answer of look()
    const naive: CallHandler = () => ({ look: () => "allow" });
    const why = await warning(async () => {
      expect((await inPerl(MAKE, folders(naive))).text()).toBe(`${EIO} nowhere`);
    });
    expect(why).toContain('Cannot use the answer "allow" of look()');
    const twice = { look: () => ({ look: () => "allow" }) };
    expect(await warning(async () => expect(await said(twice)).toBe(`${EIO} nowhere`))).toContain("expected an object");
  });

  test.each([
    [undefined, "expected an object with one of errno, result or descriptor"],
    ["deny", "expected an object"],
    [{}, "expected an object"],
    [{ errno: "ENOSUCH" }, 'Cannot use errno "ENOSUCH": there is no such error'],
    [{ errno: 0 }, "expected a whole number from 1 to 511"],
    [{ errno: 512 }, "expected a whole number from 1 to 511"],
    [{ result: -1 }, "expected a whole number from 0"],
    [{ descriptor: "3" }, "Cannot use descriptor 3"],
    [{ look: 1 }, "look is no function"],
  ])("that answers %j fails the call, and says why", async (answer, message) => {
    expect(await warning(async () => expect(await said(answer)).toBe(`${EIO} nowhere`))).toContain(message);
  });

  test("that throws or rejects fails the call; it is told of once for each job", async () => {
    const warnings: string[] = [];
    const listen = (error: Error): number => warnings.push(error.message);
    process.on("warning", listen);
    const throwing = folders(() => {
      throw new Error("boom");
    });
    expect((await inPerl(`${MAKE}; ${MAKE}`, throwing)).text()).toBe(`${EIO} nowhere${EIO} nowhere`);
    const rejecting = folders(async () => await Promise.reject(new Error("bang")));
    expect((await inPerl(MAKE, rejecting)).text()).toBe(`${EIO} nowhere`);
    while (warnings.length < 2) await Bun.sleep(1);
    process.off("warning", listen);
    expect(warnings.map((each) => each.replace(/^.*EIO: /, ""))).toEqual(["Error: boom", "Error: bang"]);
  });

  test("does not give one descriptor to two calls", async () => {
    const descriptor = openSync("/proc/sys/kernel/ostype", "r");
    const answer = Promise.withResolvers<CallAnswer>();
    let asked = 0;
    const calls = folders(async () => {
      asked += 1;
      if (asked === 2) answer.resolve({ descriptor });
      return await answer.promise;
    });
    const script = `$child = fork; $made = mkdir("/tmp/x") ? "made" : $! + 0; exit($made eq "made" ? 1 : $made) if !$child; wait; print join " ", sort($made, $? >> 8)`;
    const why = await warning(async () => {
      expect((await inPerl(script, calls)).text()).toMatch(new RegExp(`^(1 ${EIO}|${EIO} made)$`));
    });
    expect(why).toContain(`Cannot give descriptor ${descriptor} twice`);
  });

  test("never gives a folder, and what it gives is closed whatever comes of it", async () => {
    const before = await settledDescriptors();
    const why = await warning(async () => {
      expect(await said({ descriptor: openSync(tmpdir(), "r") })).toBe(`${EIO} nowhere`);
    });
    expect(why).toContain("Cannot give the job a folder");
    expect(await said({ descriptor: openSync("/dev/null", "r"), at: -1 })).toBe(`${EIO} nowhere`);
    expect(await leakedSince(before)).toEqual([]);
  });

  test("that never answers: the call fails in time, and the handler is told", async () => {
    let told = false;
    const calls = folders(async ({ signal }) => {
      signal.addEventListener("abort", () => {
        told = true;
      });
      return await new Promise<CallAnswer>(() => {});
    });
    expect((await inPerl(MAKE, calls, { answerMs: 50 })).text()).toBe(`${ETIMEDOUT} nowhere`);
    expect(told).toBe(true);
  });

  test("that answers late is not heard, and its descriptor is closed", async () => {
    const before = await settledDescriptors();
    const late = Promise.withResolvers<CallAnswer>();
    const calls = folders(async () => await late.promise);
    expect((await inPerl(MAKE, calls, { answerMs: 50 })).text()).toBe(`${ETIMEDOUT} nowhere`);
    late.resolve({ descriptor: openSync("/dev/null", "r") });
    expect(await leakedSince(before)).toEqual([]);
  });

  test("costs the job no CPU time, and does not stop its wall limit", async () => {
    const busy = folders(() => {
      const start = process.cpuUsage();
      for (;;) {
        const { user, system } = process.cpuUsage(start);
        if (user + system > 1_500_000) return { result: 0 };
      }
    });
    let aborted = false;
    const asked = Promise.withResolvers<void>();
    const never = folders(async ({ signal }) => {
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      asked.resolve();
      return await new Promise<CallAnswer>(() => {});
    });
    const waiting = { supervise: { calls: never, answerMs: 600_000 } };
    const waits = run(["perl", "-e", MAKE], { limits: { cpuMs: 1000, wallMs: 4000 }, policy: waiting });
    // The other job's wall time goes on beside it.
    await Promise.race([asked.promise, waits]);
    const policy = { supervise: { calls: busy } };
    const spent = await run(["perl", "-e", MAKE], { limits: { cpuMs: 1000, wallMs: 60_000 }, policy });
    expect([spent.verdict.status, spent.text()]).toEqual(["ok", "made nowhere"]);
    expect(spent.report.usage.cpuMs).toBeLessThan(1000);
    const ended = await waits;
    expect([ended.verdict.status, aborted]).toEqual(["wall-limit", true]);
  });

  test("is not asked for what the profile refuses anyway", async () => {
    let asked = 0;
    const calls: CallHandlers = {
      bpf: () => {
        asked += 1;
        return "allow";
      },
    };
    const script = `print syscall(${syscallNumber("bpf")}, 0, 0, 0) < 0 ? $! + 0 : "asked"`;
    expect((await inPerl(script, calls)).text()).toBe(`${EPERM}`);
    expect(asked).toBe(0);
  });
});

describe("policy.supervise.calls", () => {
  const handler: CallHandler = () => "allow";
  test.each([
    [{ calls: { mkdri: handler } }, "calls.mkdri: there is no such system call; did you mean"],
    [
      { calls: { openat: handler } },
      "calls.openat: the setup of every job makes this call itself, before anybody could answer; which files a job opens",
    ],
    [{ calls: { sendmsg: handler } }, "calls.sendmsg: the setup of every job makes this call"],
    [{ calls: { execve: handler } }, "which programs a job executes is for policy.files to say"],
    [{ calls: { init_module: handler } }, "calls.init_module: it ends the job, whoever decides"],
    [{ connect: ["a.example:1"], calls: { connect: handler } }, "policy.supervise.connect decides this call"],
    [{ calls: { mkdirat: "allow" } }, "expected a function (call) => answer"],
    [{ answerMs: 0 }, "policy.supervise.answerMs = 0"],
    [{ mayResolveTo: ["10.0.0.0"] }, "policy.supervise.mayResolveTo[0]"],
    [{ mayResolveTo: ["10.0.0.0/33"] }, "policy.supervise.mayResolveTo[0]"],
  ])("refuses %j and says why", (supervise, message) => {
    expect(() => run(["true"], { policy: { supervise } as never })).toThrow(message);
  });
});
