// The supervisor of a job that a worker launches. The ends of its init go through the worker.
// TRUST: the worker passes them on and decides nothing. Were it a job's, it could tell of calls that nobody made, and would get
// for them what its jobs may have anyway; what it hands over as a listener is looked at before it is used.
import type { DescriptorSlot } from "@hutch/core";
import type { Fd, Pid } from "@hutch/syscall";
import type { Deciders } from "./deciders.ts";
import { Supervisor } from "./supervisor.ts";
import { openSupervisorEnds } from "./supervisor-ends.ts";

export interface SupervisionInWorker extends Disposable {
  /** What travels with the launch. */
  readonly ends: readonly (readonly [DescriptorSlot, Fd])[];
  /** When they have travelled: no copies stay here, or nobody would see that init is gone. */
  passed(): void;
  /** When the job has a process. What init told before has waited in the socket. */
  started(init: Pid, onLost: () => void): void;
}

/** @param deciders null for a pool that supervises nothing */
export function superviseInWorker(deciders: Deciders | null): SupervisionInWorker {
  if (deciders === null) return { ends: [], passed: () => {}, started: () => {}, [Symbol.dispose]: () => {} };
  const ends = openSupervisorEnds();
  const { calls, handover } = ends.init;
  let supervisor: Supervisor | null = null;
  let over = false;
  return {
    ends: [
      ["supervisor", calls.fd],
      ["handover", handover.fd],
    ],
    passed() {
      calls.close();
      handover.close();
    },
    started(init, onLost) {
      if (!over) supervisor = new Supervisor(deciders, init, ends.host, onLost);
    },
    [Symbol.dispose]() {
      over = true;
      supervisor?.[Symbol.dispose]();
      ends[Symbol.dispose]();
    },
  };
}
