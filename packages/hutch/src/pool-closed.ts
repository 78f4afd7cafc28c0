// What a call hears that comes after its pool's end, or meets it.
import { HostError } from "@hutch/core";

/** @param cause what failed because of that */
export function poolClosed(cause?: unknown): HostError {
  return new HostError("POOL_CLOSED", "Cannot run a job: the pool is closed", cause === undefined ? {} : { cause });
}
