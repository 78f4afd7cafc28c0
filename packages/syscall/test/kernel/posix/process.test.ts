import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { SIG } from "../../../src/linux/signal.ts";
import { type Pid, toPid } from "../../../src/pid.ts";
import { getegid, geteuid, getgid, getpid, getppid, getuid, kill, umask } from "../../../src/posix/process.ts";
import { W, wait4, waitid } from "../../../src/posix/wait.ts";
import { CLD } from "../../../src/posix/wait-status.ts";
import { exit, startChild, startSleeper } from "../child.ts";
import { openDescriptors } from "../descriptors.ts";

let before = 0;
beforeEach(() => {
  startChildAndReap();
  before = openDescriptors();
});
afterEach(() => {
  expect(openDescriptors()).toBeLessThanOrEqual(before);
  expect(() => wait4(null, W.NOHANG)).toThrow("Cannot wait4: ECHILD");
});

function startChildAndReap(): void {
  const { pid, pidfd } = startChild([exit(0)]);
  wait4(pid);
  pidfd.close();
}

test("identity calls agree with node", () => {
  expect([getpid(), getppid(), getuid(), getgid(), geteuid(), getegid()] as number[]).toEqual([
    process.pid,
    process.ppid,
    process.getuid?.(),
    process.getgid?.(),
    process.geteuid?.(),
    process.getegid?.(),
  ] as number[]);
});

test("umask() gives the mask before", () => {
  const old = umask(0o77);
  expect(umask(old)).toBe(0o77);
});

describe("wait4()", () => {
  test("gives pid, exit code and use of a child", () => {
    const { pid, pidfd } = startChild([exit(42)]);
    using _ = pidfd;
    const reaped = wait4(pid);
    expect(reaped).toMatchObject({ pid, status: 42 << 8, end: { kind: "exited", code: 42 } });
    expect(reaped?.usage.maxResidentBytes).toBeGreaterThan(0);
  });

  test("gives null with NOHANG while the child runs, then the signal that ended it", () => {
    using child = startSleeper();
    const { pid } = child;
    expect(wait4(pid, W.NOHANG)).toBeNull();
    kill(pid, SIG.KILL);
    expect(wait4(pid)?.end).toEqual({ kind: "signaled", signal: SIG.KILL, coreDumped: false });
  });

  test("of a process that is no child names it", () => {
    expect(() => wait4(toPid(1))).toThrow("Cannot wait4 process 1: ECHILD (No child processes)");
  });
});

describe("waitid()", () => {
  test("with NOWAIT looks without reaping, by pid and by pidfd, as often as asked", () => {
    const { pid, pidfd } = startChild([exit(7)]);
    using _ = pidfd;
    for (const target of [{ pid }, { pidfd: pidfd.fd }, "any"] as const) {
      const info = waitid(target, W.EXITED | W.NOWAIT);
      expect(info).toMatchObject({ pid, uid: getuid(), code: CLD.EXITED, status: 7, end: { kind: "exited", code: 7 } });
    }
    expect(waitid({ pidfd: pidfd.fd }, W.EXITED)?.pid).toBe(pid);
    expect(() => waitid({ pid }, W.EXITED)).toThrow("Cannot waitid: ECHILD");
  });

  test("gives null with NOHANG while nothing has happened, and sees stops", () => {
    using child = startSleeper();
    const { pid } = child;
    expect(waitid({ pid }, W.EXITED | W.NOHANG)).toBeNull();
    kill(pid, SIG.STOP);
    expect(waitid({ pid }, W.STOPPED)?.end).toEqual({ kind: "stopped", signal: SIG.STOP });
    kill(pid, SIG.KILL);
    expect(waitid({ pid }, W.EXITED)?.end).toEqual({ kind: "signaled", signal: SIG.KILL, coreDumped: false });
  });
});

describe("kill()", () => {
  test("reaches exactly one process, and says which one is gone", () => {
    using child = startSleeper();
    const { pid } = child;
    kill(pid, 0);
    kill(pid, SIG.KILL);
    expect(wait4(pid)?.end).toMatchObject({ kind: "signaled", signal: SIG.KILL });
    expect(() => kill(pid, SIG.KILL)).toThrow(`Cannot kill process ${pid}: ESRCH (No such process)`);
  });

  test.each([0, -1, Number.NaN, 1.5])("never gets %p, which would reach others: toPid() refuses it", (value) => {
    expect(() => toPid(value)).toThrow(RangeError);
    const typed: Pid = toPid(1);
    expect(typed as number).toBe(1);
  });
});
