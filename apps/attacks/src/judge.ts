// Whether an attempt ended as its scenario says. Pure: every problem is one sentence.
import type { Attempt, Mode } from "./attempt.ts";
import type { Expected, Scenario } from "./scenario.ts";

export interface Way {
  readonly way: string;
  readonly held: boolean;
  readonly what: string;
}

/** The lines of a program, or null where one of them is something else. */
export function readWays(said: string): readonly Way[] | null {
  const ways: Way[] = [];
  for (const line of said.split("\n").filter(Boolean)) {
    const [, way = "", word = "", what = ""] = /^([^:]+): (held|reached)\b ?(.*)$/.exec(line) ?? [];
    if (word === "") return null;
    ways.push({ way, held: word === "held", what });
  }
  return ways.length === 0 ? null : ways;
}

function expectedOf(scenario: Scenario, mode: Mode): Expected {
  if (mode === "plain") return scenario.plain ?? {};
  if (mode === "openly") return ("expected" in scenario.openly ? scenario.openly.expected : undefined) ?? {};
  return scenario.safe ?? {};
}

export function judge(scenario: Scenario, mode: Mode, attempt: Attempt): readonly string[] {
  const expected = expectedOf(scenario, mode);
  return [...judgeStatus(expected, mode, attempt), ...judgeWords(expected, mode, attempt.said)];
}

function judgeStatus({ status }: Expected, mode: Mode, attempt: Attempt): readonly string[] {
  const wanted = [status ?? (attempt.status === "ended" ? "ended" : "ok")].flat();
  const problems = wanted.includes(attempt.status as never)
    ? []
    : [`it ended as ${attempt.status}, not as ${wanted.join(" or ")}`];
  if (mode !== "openly" && attempt.blame === "host") problems.push("the host is blamed");
  return problems;
}

function judgeWords({ says, reaches, status }: Expected, mode: Mode, said: string): readonly string[] {
  if (says !== undefined) return says.test(said) ? [] : [`it said ${quote(said)}, and ${says} was expected`];
  // What a limit ended has no last word.
  if (status !== undefined && status !== "ok") return [];
  const ways = readWays(said);
  if (ways === null) return [`it said ${quote(said)}, which is not about ways that are held or reached`];
  if (mode !== "openly") return ways.filter(({ held }) => !held).map(({ way, what }) => `it reached ${way} ${what}`);
  const named = reaches ?? ways.map(({ way }) => way);
  return named
    .filter((name) => !ways.some(({ way, held }) => way === name && !held))
    .map((name) => `${name} is held although the control is switched off: ${quote(said)}`);
}

const quote = (text: string): string => JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text);
