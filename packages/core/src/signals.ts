// Signal names by number. The numbers are Linux's on x86-64 and arm64.
const SIGNAL_NAMES = [
  "",
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGILL",
  "SIGTRAP",
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGKILL",
  "SIGUSR1",
  "SIGSEGV",
  "SIGUSR2",
  "SIGPIPE",
  "SIGALRM",
  "SIGTERM",
  "SIGSTKFLT",
  "SIGCHLD",
  "SIGCONT",
  "SIGSTOP",
  "SIGTSTP",
  "SIGTTIN",
  "SIGTTOU",
  "SIGURG",
  "SIGXCPU",
  "SIGXFSZ",
  "SIGVTALRM",
  "SIGPROF",
  "SIGWINCH",
  "SIGIO",
  "SIGPWR",
  "SIGSYS",
] as const;

const FIRST_REALTIME = 34;

/** `SIGKILL` for 9, `SIGRTMIN+2` for 36, `SIG99` for what has no name. */
export function signalName(signal: number): string {
  const known = SIGNAL_NAMES[signal];
  if (known !== undefined && known !== "") return known;
  return signal >= FIRST_REALTIME && signal <= 64 ? `SIGRTMIN+${signal - FIRST_REALTIME}` : `SIG${signal}`;
}

/** 0 for a name that is not one. */
export function signalNumber(name: string): number {
  const index = (SIGNAL_NAMES as readonly string[]).indexOf(name);
  return Math.max(index, 0);
}
