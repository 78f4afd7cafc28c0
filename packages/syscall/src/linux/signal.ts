// Signals by name. The numbers are those of x86-64 and arm64, which agree.

/** Number by name, without "SIG". */
export const SIG = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
} as const;

/** The first and the last real-time signal of the kernel; glibc keeps 32 and 33 for itself. */
export const SIGRTMIN: number = 32;
export const SIGRTMAX: number = 64;

/** The name of a signal, such as "SIGKILL" or "SIGRTMIN+3"; "signal 99" for a number that is none. */
export function signalName(signal: number): string {
  for (const [name, number] of Object.entries(SIG)) if (number === signal) return `SIG${name}`;
  if (signal === SIGRTMIN) return "SIGRTMIN";
  if (signal > SIGRTMIN && signal <= SIGRTMAX) return `SIGRTMIN+${signal - SIGRTMIN}`;
  return `signal ${signal}`;
}
