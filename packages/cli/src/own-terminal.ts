// The terminal that we run in, while it shows the terminal of a job.
import type { RunningJob, TerminalSize } from "hutch";
import { UsageError } from "./usage-error.ts";

/** @throws UsageError where we have none */
export function ownTerminalSize(): TerminalSize {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) throw new UsageError("--tty: stdin and stdout are not a terminal");
  // A terminal may not know its size.
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}

/** Every key goes to the job, also those that would end us. @returns gives the terminal back */
export function lendTerminal(job: Pick<RunningJob, "resize">): () => void {
  const { stdin, stdout } = process;
  // Not SIGWINCH: when that arrives, the size that the stream remembers is still the old one.
  const resize = (): void => job.resize(ownTerminalSize());
  stdin.setRawMode(true);
  stdout.on("resize", resize);
  return () => {
    stdout.off("resize", resize);
    stdin.setRawMode(false);
  };
}
