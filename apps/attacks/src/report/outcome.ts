// The outcome of a trial in a few words, for the tables.
import type { TrialResult } from "../run-scenario.ts";

/** `held (ENOENT)`, `reached`, `memory-limit`, `skipped: …`, `WRONG: …`. */
export function outcomeOf({ status, ways, problems, skipped, mode }: TrialResult): string {
  if (problems.length > 0) return `WRONG: ${problems.join("; ")}`;
  if (skipped !== null) return `skipped: ${skipped}`;
  if (status !== "ok" && status !== "ended") return status;
  if (ways === null) return mode === "openly" ? "reached" : "ok";
  const held = new Set(ways.filter((way) => way.held).map(({ what }) => what));
  const reached = ways.filter((way) => !way.held).length;
  if (mode === "openly") return reached === ways.length ? "reached" : `reached ${reached} of ${ways.length}`;
  return [...held].every((what) => what === "") ? "held" : `held (${[...held].join(", ")})`;
}
