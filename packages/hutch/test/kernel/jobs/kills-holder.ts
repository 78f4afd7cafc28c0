// Ends the process that holds this job's memory, and answers all the same.
import { readdirSync } from "node:fs";

export function killHolder(): number[] {
  process.kill(3, "SIGKILL");
  for (;;) {
    const pids = readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0);
    if (!pids.includes(3)) return pids;
  }
}

/** So many children at once, all of which are there before any ends. @param replaced the process that holds the memory is not */
export function startChildren(count: number, replaced: boolean): number {
  if (replaced) killHolder();
  const children = Array.from({ length: count }, () =>
    Bun.spawn(["/bin/cat"], { stdio: ["pipe", "ignore", "ignore"] }),
  );
  for (const child of children) child.kill("SIGKILL");
  return children.length;
}

/** A child outlives the answer. */
export function leaveChild(milliseconds: number): number {
  const child = Bun.spawn(
    ["/bin/sh", "-c", `t=$(($(date +%s%N)+${milliseconds}000000)); while [ $(date +%s%N) -lt $t ]; do :; done`],
    {
      stdio: ["ignore", "ignore", "ignore"],
    },
  );
  child.unref();
  return child.pid;
}
