// A session keyring that is of no use to anybody, for the worker itself. Jobs join keyrings of their own; one that got none,
// because the user's quota of keys was used up, has the worker's, where it would find and leave keys of other jobs.
import { tryCall } from "@hutch/syscall";

const KEYCTL_JOIN_SESSION_KEYRING = 1;
const KEYCTL_REVOKE = 3;
const EDQUOT = 122;
/** Keyrings of ended processes count until the kernel frees them, some milliseconds later. */
const TRIES = 10;
const PAUSE_MS = 20;

/**
 * SAFETY: revoked is a keyring that was made here, never the one that the worker came with: that may be the user's own.
 * Where there are no keys, or none for us, there is nothing that a job could use.
 */
export function renounceKeyring(): void {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const made = tryCall("keyctl", KEYCTL_JOIN_SESSION_KEYRING, null);
    if (made > 0) tryCall("keyctl", KEYCTL_REVOKE, made);
    if (made !== -EDQUOT) return;
    Bun.sleepSync(PAUSE_MS);
  }
}
