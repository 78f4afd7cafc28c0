// What a copy does first. A job whose request is there runs it; a standby gets itself ready and then waits.
import { POLL, poll } from "@hutch/syscall";
import { rehearse } from "./job/rehearse.ts";
import { JOB_SOCKET } from "./job/respond.ts";
import { runJob } from "./job/run-job.ts";

/** Once touches the memory that a job touches; the second time finds what the first one made lazily. */
const STANDBY_REHEARSALS = 2;

export function startJob(rehearsalsLeft: number = STANDBY_REHEARSALS): void {
  const [events] = poll([{ fd: JOB_SOCKET, events: POLL.IN }], 0);
  if (events !== 0 || rehearsalsLeft === 0) runJob();
  // A rehearsal that fails costs the request time and nothing else.
  else rehearse(1).then(() => startJob(rehearsalsLeft - 1), runJob);
}
