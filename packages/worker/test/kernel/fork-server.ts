// A worker reduced to its fork: clones copies of itself by a plain warm plan, without namespaces, and sees how they end.
// Programs of the tests import it; they run with the environment that a worker has (warmEnvironment).
import { encodeRequest, type JobRequest } from "@hutch/core";
import { packRights } from "@hutch/fdpass";
import {
  CompiledPlan,
  decodeWaitStatus,
  type Fd,
  type OwnedFd,
  POLL,
  poll,
  recv,
  SOCK,
  sendmsg,
  socketpair,
  tryCall,
  type WalkStep,
  wait4,
} from "@hutch/syscall";
import { planEventLoop, snapshotEventLoop } from "../../src/warm/event-loop.ts";
import { allowForkOfExecutableMemory } from "../../src/warm/executable-memory.ts";
import { reseed } from "../../src/warm/randomness.ts";
import { countThreads } from "../../src/warm/threads.ts";

const SIGKILL = 9;
const steps: readonly WalkStep[] = [
  { name: "set descriptor", call: "dup3", args: [{ late: "fd1" }, 1, 0], allow: 22 },
  { name: "set descriptor", call: "dup3", args: [{ late: "fd3" }, 3, 0], allow: 22 },
  { name: "close descriptors", call: "close_range", args: [4, 0xffff_ffff, 0] },
];

export interface Ended {
  readonly answer: Uint8Array;
  /** Exit code, or the negative signal number; null when it hung and was killed. */
  readonly code: number | null;
}

export class ForkServer {
  readonly #plan: CompiledPlan;
  readonly #status = socketpair(SOCK.SEQPACKET);

  constructor() {
    allowForkOfExecutableMemory();
    if (countThreads() !== 1) throw new Error(`Cannot fork: there are ${countThreads()} threads`);
    const inner = [...steps, ...planEventLoop(snapshotEventLoop())];
    this.#plan = new CompiledPlan({ cloneFlags: 0, outer: [], inner, handover: [], start: "warm" });
  }

  /** Renews the copy as a worker does. @returns "in-job" in the copy */
  fork(job: Fd, stdout: Fd, renew: () => void = reseed): { readonly pid: number; readonly pidfd: OwnedFd } | "in-job" {
    const launched = this.#plan.launch(this.#status.b.fd, { fd1: stdout, fd3: job });
    if (launched.kind === "refused") throw new Error(`Cannot fork: ${launched.code}`);
    if (launched.kind === "launched") return launched;
    renew();
    return "in-job";
  }

  /** Forks, sends a request and waits for the end. @returns "in-job" in the copy, which has the request on descriptor 3 */
  ask(request: JobRequest, stdout: Fd, deadlineMs: number): Ended | "in-job" {
    using pair = socketpair(SOCK.STREAM);
    const forked = this.fork(pair.b.fd, stdout);
    if (forked === "in-job") {
      // The plan has closed these numbers, and some of them are the event loop's by now.
      pair.a.take();
      pair.b.take();
      return forked;
    }
    pair.b.close();
    sendmsg(pair.a.fd, encodeRequest(request), packRights([]));
    const answer = readToEnd(pair.a.fd, deadlineMs);
    if (answer === null) tryCall("pidfd_send_signal", forked.pidfd.fd, SIGKILL);
    const reaped = wait4(forked.pid as never);
    forked.pidfd.close();
    const end = reaped === null ? null : decodeWaitStatus(reaped.status);
    const code = end?.kind === "exited" ? end.code : end?.kind === "signaled" ? -end.signal : null;
    return { answer: answer ?? new Uint8Array(0), code: answer === null ? null : code };
  }
}

function readToEnd(fd: Fd, deadlineMs: number): Uint8Array | null {
  const parts: Uint8Array[] = [];
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const [ready] = poll([{ fd, events: POLL.IN }], Math.max(0, deadline - performance.now()));
    if (ready === 0) return null;
    const part = new Uint8Array(65_536);
    const count = recv(fd, part);
    if (count === 0) return new Uint8Array(Buffer.concat(parts));
    parts.push(part.subarray(0, count));
  }
}
