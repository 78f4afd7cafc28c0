// How a process ended, from a wait status or from siginfo. Pure.

/** One end, or a stop, of a process. */
export type WaitStatus =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signaled"; readonly signal: number; readonly coreDumped: boolean }
  | { readonly kind: "stopped"; readonly signal: number }
  | { readonly kind: "continued" };

/** si_code of SIGCHLD. */
export const CLD = { EXITED: 1, KILLED: 2, DUMPED: 3, TRAPPED: 4, STOPPED: 5, CONTINUED: 6 } as const;

const CONTINUED_STATUS = 0xffff;
const STOPPED_LOW_BYTE = 0x7f;
const CORE_FLAG = 0x80;

/**
 * Reads the status of wait4(2), as WIFEXITED and its relatives do.
 * @throws RangeError for a number that the kernel never gives.
 */
export function decodeWaitStatus(status: number): WaitStatus {
  if (!Number.isInteger(status) || status < 0 || status > 0x7fffffff)
    throw new RangeError(`Cannot decode wait status ${status}: expected a non-negative 32-bit integer`);
  if (status === CONTINUED_STATUS) return { kind: "continued" };
  const low = status & 0xff;
  const high = (status >> 8) & 0xff;
  if (low === 0) return { kind: "exited", code: high };
  if (low === STOPPED_LOW_BYTE) return { kind: "stopped", signal: high };
  return { kind: "signaled", signal: low & 0x7f, coreDumped: (low & CORE_FLAG) !== 0 };
}

/**
 * Reads si_code and si_status of waitid(2).
 * @throws RangeError for a code that is not one of CLD.
 */
export function decodeChildCode(code: number, status: number): WaitStatus {
  switch (code) {
    case CLD.EXITED:
      return { kind: "exited", code: status };
    case CLD.KILLED:
    case CLD.DUMPED:
      return { kind: "signaled", signal: status, coreDumped: code === CLD.DUMPED };
    case CLD.STOPPED:
    case CLD.TRAPPED:
      return { kind: "stopped", signal: status };
    case CLD.CONTINUED:
      return { kind: "continued" };
    default:
      throw new RangeError(`Cannot decode si_code ${code}: expected a code of SIGCHLD from 1 to 6`);
  }
}
