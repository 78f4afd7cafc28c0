// What became of one scenario, in two cells: held, and with its control switched off. What is the same is said once.
import type { Scenario } from "../scenario.ts";
import type { RecordedTrial, RunRecord } from "./record.ts";

const MODES = { safe: "", behind: "without its first wall", plain: "posix-fork", openly: "" } as const;

export function outcomeCells(
  scenario: Scenario,
  records: readonly RunRecord[],
): { readonly held: string; readonly openly: string } {
  const openly =
    scenario.openly.by === "nowhere"
      ? `not to be switched off: ${scenario.openly.why}`
      : byUser(records, scenario, (trials) => {
          const trial = trials.find(({ mode }) => mode === "openly");
          const outcome = trial?.outcome ?? "not recorded";
          return outcome.startsWith("skipped") ? outcome : `${outcome} (${HOW[scenario.openly.by]})`;
        });
  return { held: byUser(records, scenario, heldOutcome), openly };
}

const HOW = { policy: "another policy", "posix-fork": "posix-fork", bare: "no sandbox", nowhere: "" } as const;

function heldOutcome(trials: readonly RecordedTrial[]): string {
  const said = new Map<string, string[]>();
  for (const { start, mode, outcome } of trials) {
    if (mode === "openly") continue;
    const label = MODES[mode] === "" ? start : MODES[mode];
    said.set(outcome, [...(said.get(outcome) ?? []), label]);
  }
  if (said.size === 0) return "not recorded";
  if (said.size === 1) return [...said.keys()].join("");
  return [...said].map(([outcome, labels]) => `${labels.join(", ")}: ${outcome}`).join("; ");
}

function byUser(
  records: readonly RunRecord[],
  { name }: Scenario,
  tell: (trials: readonly RecordedTrial[]) => string,
): string {
  const told = records.map((record) => [record.user, tell(record.trials[name] ?? [])] as const);
  const [first] = told;
  if (first === undefined) return "";
  if (told.every(([, text]) => text === first[1])) return first[1];
  return told.map(([user, text]) => `${user}: ${text}`).join("<br>");
}
