import { tryCall } from "../../src/call.ts";
import type { OwnedFd } from "../../src/fd.ts";
import { SIG } from "../../src/linux/signal.ts";
import type { Pid } from "../../src/pid.ts";
import { SOCK, socketpair } from "../../src/posix/socket.ts";
import { CompiledPlan, type LateValue, type WalkStep } from "../../src/walk-plan.ts";

export interface Child {
  readonly pid: Pid;
  readonly pidfd: OwnedFd;
}

export const exit = (code: number): WalkStep => ({ name: "exit", call: "exit_group", args: [code] });

/** Clones a child that does these calls, as its last one execve or exit_group. The caller reaps it. */
export function startChild(steps: readonly WalkStep[], late: Readonly<Record<string, LateValue>> = {}): Child {
  using status = socketpair(SOCK.SEQPACKET);
  const launched = new CompiledPlan({ cloneFlags: 0, outer: [], inner: steps, handover: [], start: "exec" }).launch(
    status.b.fd,
    late,
  );
  if (launched.kind !== "launched") throw new Error(`unexpected ${launched.kind}`);
  return launched;
}

/** A child that waits until it is killed; at the end of its block it is gone in any case. */
export function startSleeper(): Child & Disposable {
  const execute: WalkStep = {
    name: "execute",
    call: "execve",
    args: [{ late: "path" }, { late: "argv" }, { late: "envp" }],
  };
  const { pid, pidfd } = startChild([execute], { path: "/bin/sleep", argv: ["sleep", "20"], envp: [] });
  return {
    pid,
    pidfd,
    [Symbol.dispose]() {
      // The test may have reaped it already: then there is neither a process nor a child.
      tryCall("pidfd_send_signal", pidfd.fd, SIG.KILL, null, 0);
      tryCall("wait4", pid, null, 0, null);
      pidfd.close();
    },
  };
}
