// The supervisor of a job that this process launches.
import type { CallHandlers, Supervise } from "@hutch/core";
import { type SupervisedEnds, supervisedNumbers } from "@hutch/linux-clone";
import type { Pid } from "@hutch/syscall";
import { decidersOf } from "./deciders.ts";
import { Supervisor } from "./supervisor.ts";
import { openSupervisorEnds } from "./supervisor-ends.ts";

export interface SupervisionHere extends Disposable {
  /** What the launch takes; null where nothing is supervised. */
  readonly late: SupervisedEnds | null;
  /** When the job has a process. */
  started(init: Pid, onLost: () => void): void;
}

/** @param supervised null for a job that is not */
export function superviseHere(supervised: Supervise | null, handlers: CallHandlers): SupervisionHere {
  if (supervised === null) return { late: null, started: () => {}, [Symbol.dispose]: () => {} };
  const ends = openSupervisorEnds();
  const { calls, handover } = ends.init;
  let supervisor: Supervisor | null = null;
  return {
    late: { calls: calls.fd, handover: handover.fd, numbers: supervisedNumbers(supervised) },
    started(init, onLost) {
      // Nobody else may hold init's ends, or the host would not see that it is gone.
      calls.close();
      handover.close();
      supervisor = new Supervisor(decidersOf(supervised, handlers), init, ends.host, onLost);
    },
    [Symbol.dispose]() {
      supervisor?.[Symbol.dispose]();
      ends[Symbol.dispose]();
    },
  };
}
