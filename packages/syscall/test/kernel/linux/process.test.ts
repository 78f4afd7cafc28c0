import { describe, expect, test } from "bun:test";
import { isSyscallError } from "../../../src/errno.ts";
import { toFd } from "../../../src/fd.ts";
import {
  gettid,
  PIDFD_INFO,
  PR,
  pidfdGetfd,
  pidfdGetInfo,
  pidfdOpen,
  pidfdSendSignal,
  prctl,
  tidAddress,
  unshare,
} from "../../../src/linux/process.ts";
import { SIG } from "../../../src/linux/signal.ts";
import { toPid } from "../../../src/pid.ts";
import { POLL, poll } from "../../../src/posix/poll.ts";
import { getpid } from "../../../src/posix/process.ts";
import { W, wait4, waitid } from "../../../src/posix/wait.ts";
import { exit, startChild, startSleeper } from "../child.ts";
import { openDescriptors } from "../descriptors.ts";

describe("pidfdOpen()", () => {
  test("opens a process, which pidfdSendSignal() ends, and polls readable then", () => {
    const before = openDescriptors();
    {
      using child = startSleeper();
      const { pid } = child;
      using own = pidfdOpen(pid);
      expect(poll([{ fd: own.fd, events: POLL.IN }], 0)).toEqual([0]);
      pidfdSendSignal(own.fd, SIG.KILL);
      expect(poll([{ fd: own.fd, events: POLL.IN }], 5000)[0]).toBe(POLL.IN);
      expect(waitid({ pidfd: own.fd }, W.EXITED)?.end).toEqual({
        kind: "signaled",
        signal: SIG.KILL,
        coreDumped: false,
      });
      expect(() => pidfdSendSignal(own.fd, SIG.KILL)).toThrow("Cannot pidfd_send_signal: ESRCH");
    }
    expect(openDescriptors()).toBeLessThanOrEqual(before);
  });

  test("of no process names it", () => {
    expect(() => pidfdOpen(toPid(0x7fffffff))).toThrow(/^Cannot pidfd_open process 2147483647: E(SRCH|INVAL)/);
  });
});

test("pidfdGetfd() copies a descriptor of another process", () => {
  using self = pidfdOpen(getpid());
  using copy = pidfdGetfd(self.fd, toFd(1));
  expect(copy.fd).toBeGreaterThan(2);
});

test("pidfdGetInfo() names the process, and how it ended where the kernel says that", () => {
  const { pid, pidfd } = startChild([exit(3)]);
  using _ = pidfd;
  try {
    const info = pidfdGetInfo(pidfd.fd, PIDFD_INFO.PID | PIDFD_INFO.CREDS);
    expect(info.pid).toBe(pid);
    expect(info.ppid).toBe(getpid());
  } catch (error) {
    // Linux before 6.13.
    if (!isSyscallError(error, "ENOTTY", "EINVAL")) throw error;
    wait4(pid);
    return;
  }
  wait4(pid);
  try {
    const info = pidfdGetInfo(pidfd.fd, PIDFD_INFO.EXIT);
    if ((info.mask & BigInt(PIDFD_INFO.EXIT)) !== 0n) expect(info.exit_code).toBe(3 << 8);
  } catch (error) {
    // Linux before 6.15 knows nothing about a reaped process.
    if (!isSyscallError(error, "ESRCH")) throw error;
  }
});

test("prctl() reads and writes an attribute of the thread", () => {
  const name = new Uint8Array(16);
  prctl(PR.GET_NAME, name);
  expect(name[0]).toBeGreaterThan(0);
  expect([0, 1]).toContain(prctl(PR.GET_NO_NEW_PRIVS));
  expect(() => prctl(9999)).toThrow("Cannot prctl: EINVAL");
});

test("tidAddress() points at glibc's copy of the thread id, or the kernel has no checkpoint support", () => {
  try {
    expect(tidAddress()).toBeGreaterThan(0n);
  } catch (error) {
    expect(isSyscallError(error, "EINVAL")).toBe(true);
  }
  expect(gettid()).toBeGreaterThan(0);
});

test("unshare() refuses unknown flags with EINVAL", () => {
  expect(() => unshare(1)).toThrow("Cannot unshare: EINVAL (Invalid argument)");
});
