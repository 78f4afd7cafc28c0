// What a copy does first. A job whose request is there runs it; a standby gets itself ready and then waits.
import type { Fd } from "@hutch/syscall";
import { copyStarted } from "./job/moments.ts";
import { requestBegan } from "./job/receive.ts";
import { rehearse } from "./job/rehearse.ts";
import type { Stage } from "./job/respond.ts";
import { runJob } from "./job/run-job.ts";
import { JOB_STAGE } from "./job/runtime-failure.ts";
import { reseed } from "./warm/randomness.ts";
import { adoptSurroundings, type Surroundings } from "./warm/surroundings.ts";

/** Once touches the memory that a job touches; the second time finds what the first one made lazily. */
const STANDBY_REHEARSALS = 2;

let rehearsalsLeft = STANDBY_REHEARSALS;

/** First thing in every copy, before anything is awaited. Its plan has made the event loop anew. */
export function renewCopy(surroundings: Surroundings): void {
  reseed();
  adoptSurroundings(surroundings);
}

/**
 * All that a copy does to be a job. A worker rehearses it, so that nothing on this way is done for the first time.
 * @param walkedMs performance.now() when its plan was walked, where that is known
 */
export function becomeJob(surroundings: Surroundings, walkedMs: number | null, stage: Stage = JOB_STAGE): void {
  try {
    copyStarted(walkedMs);
    renewCopy(surroundings);
    startJob(stage);
  } catch (error) {
    stage.fail(error);
  }
}

function startJob(stage: Stage): void {
  runJob(stage, getReady);
}

function getReady({ socket }: Stage): Promise<void> | null {
  return rehearsalsLeft === 0 || requestBegan(socket) ? null : rehearseUntilAsked(socket);
}

async function rehearseUntilAsked(socket: Fd): Promise<void> {
  do {
    rehearsalsLeft -= 1;
    try {
      await rehearse(1, startJob);
    } catch {
      // It costs the request time and nothing else.
      return;
    }
  } while (rehearsalsLeft > 0 && !requestBegan(socket));
}
