// What could not be compared, by the reason: many are missing for the same one.
import type { Absent } from "../contender.ts";

/** The names of each are one text. */
export function absentGroups(absent: readonly Absent[]): Absent[] {
  return [...Map.groupBy(absent, ({ why }) => why)].map(([why, group]) => ({
    name: group.map(({ name }) => name).join("; "),
    why,
  }));
}
