// The end of a long run: a line for each kernel and seat, then what failed, and why tests were skipped.
import type { SeatResults } from "./kept-results.ts";
import type { PartResult } from "./read-parts.ts";

const SECONDS_PER_MINUTE = 60;
/** `standby > forks (needs perl)`: what stands in parentheses and is more than one word, or a call. */
const REASON = /\(([^()]*(?:\([^()]*\)[^()]*)*)\)/g;

/** @param parts how many the whole long form has */
export function summarize(seats: ReadonlyMap<string, SeatResults>, parts: number): string {
  const rows = [
    ["kernel and seat", "parts", "tests: passed", "failed", "skipped", "attacks: held", "wrong", "skipped", "min"],
  ];
  const failures: string[] = [];
  for (const [place, results] of seats) {
    const all = [...results.values()];
    const attacks = all.filter(isAttack);
    const tests = all.filter((result) => !isAttack(result));
    const minutes = Math.round(sum(all, ({ seconds }) => seconds) / SECONDS_PER_MINUTE);
    rows.push([place, `${all.length} of ${parts}`, ...counts(tests), ...counts(attacks), `${minutes}`]);
    failures.push(...all.flatMap(({ part, failed }) => failed.map((name) => `${place}: ${part}: ${name}`)));
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  return [...lines, ...section("Failed", failures), ...section("Skipped", skipReasons(seats))].join("\n");
}

function skipReasons(seats: ReadonlyMap<string, SeatResults>): string[] {
  const places = new Map<string, Map<string, number>>();
  for (const [place, results] of seats)
    for (const { part, skipped } of results.values())
      for (const name of skipped) {
        const reason = [...name.matchAll(REASON)].at(-1)?.[1] ?? `${part}: ${name}`;
        const counted = places.get(reason) ?? new Map<string, number>();
        places.set(reason, counted.set(place, (counted.get(place) ?? 0) + 1));
      }
  return [...places].map(
    ([reason, counted]) => `${reason}: ${[...counted].map(([place, count]) => `${count} on ${place}`).join(", ")}`,
  );
}

function isAttack({ part }: PartResult): boolean {
  return part.startsWith("attack/");
}

function counts(results: readonly PartResult[]): string[] {
  const of = [sum(results, (each) => each.passed), sum(results, (each) => each.failed.length)];
  return [...of, sum(results, (each) => each.skipped.length)].map(String);
}

function sum(results: readonly PartResult[], of: (result: PartResult) => number): number {
  return results.reduce((total, result) => total + of(result), 0);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`)];
}
