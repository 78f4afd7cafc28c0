// What a copy does first. A job whose request is there runs it; a standby gets itself ready and then waits.
import { POLL, poll } from "@hutch/syscall";
import { requestBegan } from "./job/receive.ts";
import { rehearse } from "./job/rehearse.ts";
import { JOB_SOCKET } from "./job/respond.ts";
import { runJob } from "./job/run-job.ts";

/** Once touches the memory that a job touches; the second time finds what the first one made lazily. */
const STANDBY_REHEARSALS = 2;

let rehearsalsLeft = STANDBY_REHEARSALS;

export function startJob(): void {
  runJob(getReady);
}

/** As long as nobody asks. */
async function getReady(): Promise<void> {
  while (rehearsalsLeft > 0 && !hasCome()) {
    rehearsalsLeft -= 1;
    try {
      await rehearse(1);
    } catch {
      // It costs the request time and nothing else.
      return;
    }
  }
}

function hasCome(): boolean {
  return requestBegan() || poll([{ fd: JOB_SOCKET, events: POLL.IN }], 0)[0] !== 0;
}
