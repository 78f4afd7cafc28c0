// One line that is written over itself while the bench runs, on a terminal only.
import type { Scenario } from "./contender.ts";

const CLEAR = "\r\x1b[K";

export interface Progress {
  onRound(round: number, rounds: number): void;
  /** Takes the line away. */
  clear(): void;
}

/** @param place of the scenario in the run: number and count */
export function showProgress({ name }: Scenario, place: readonly [number, number], startedMs: number): Progress {
  if (!process.stderr.isTTY) return { onRound: () => {}, clear: () => {} };
  const write = (what: string): void => {
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
    process.stderr.write(`${CLEAR}${seconds} s, scenario ${place[0]} of ${place[1]}, ${name}: ${what}`);
  };
  write("getting ready");
  return {
    onRound: (round, rounds) => write(`round ${round} of at most ${rounds}; Ctrl-C ends the run and keeps what it has`),
    clear: () => process.stderr.write(CLEAR),
  };
}
