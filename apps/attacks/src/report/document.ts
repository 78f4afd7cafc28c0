// docs/attacks.md, made from the suite's data and from two recorded runs. Pure.
import { CONTROL_NAMES } from "hutch";
import type { Attack } from "../catalogue/attack.ts";
import { CATALOGUE, CLASSES } from "../catalogue/catalogue.ts";
import type { Scenario } from "../scenario.ts";
import { SCENARIOS } from "../scenario-list.ts";
import { outcomeCells } from "./outcome-cells.ts";
import type { RunRecord } from "./record.ts";

export function renderDocument(records: readonly RunRecord[]): string {
  return `${[
    introduction(records),
    "## The list",
    LIST_TEXT,
    ...Object.entries(CLASSES).map(([letter, title]) => classTable(letter, title)),
    "## The scenarios",
    scenarioText(records),
    scenarioTable(records),
    "## The controls",
    "Each control with the scenarios that it stops and that get through without it. What no policy switches off is taken out of the launch plan by a test.",
    controlTable(),
    "---\n[Previous: Threat model](threat-model.md) · [Next: Kernel support](kernel-support.md)",
  ].join("\n\n")}\n`;
}

function introduction(records: readonly RunRecord[]): string {
  const trials = records.flatMap((record) => Object.values(record.trials).flat());
  const skipped = trials.filter(({ outcome }) => outcome.startsWith("skipped")).length;
  const machines = records.map(
    ({ user, day, kernel, bun, cgroups }) =>
      `- as ${user === "root" ? "root" : "an unprivileged user"}: ${day}, Linux ${kernel}, Bun ${bun}, cgroups: ${cgroups.split(":")[0] === "none" ? "none" : cgroups}`,
  );
  return [
    "# Attacks",
    "`bun run test:attacks` runs programs that mean harm, and shows of each that it is held, and that it succeeds where the control that holds it is switched off. `.ci/run` does it as root and as an unprivileged user.",
    `This page is written by \`bun run test:attacks --document\` from the suite's data and from what two runs recorded. ${SCENARIOS.length} scenarios, ${trials.length} trials, ${skipped} of them skipped with a reason:`,
    machines.join("\n"),
    "After every trial in a sandbox six things must hold: the host's files, settings and clock are as they were; no process, mount or temporary file is left; the host has the descriptors and the memory that it had; the next job runs well and finds nothing; the verdict and the figures fit together; and a secret that the host holds in a file, in memory, in its environment and in its arguments is in nothing that came out.",
  ].join("\n\n");
}

const LIST_TEXT =
  "The known attacks on systems of this kind, by class. Each is run here as one or more scenarios, or is in a test of a package, or is not there to be attacked, with the reason.";

function classTable(letter: string, title: string): string {
  const rows = CATALOGUE.filter(({ id }) => id.startsWith(letter)).map(
    (attack) => `| ${attack.id} | ${attack.does} | ${whereSeen(attack)} |`,
  );
  return [`### ${title}`, `| | the job | seen |\n|---|---|---|\n${rows.join("\n")}`].join("\n\n");
}

function whereSeen({ id, tests = [], because }: Attack): string {
  const run = SCENARIOS.filter(({ from }) => from.includes(id)).map(({ name }) => `\`${name}\``);
  const forged = run.filter((name) => name.startsWith("`forge-answer: "));
  const short =
    run.length > 4 && forged.length > 1
      ? [...run.filter((name) => !forged.includes(name)), `\`forge-answer\` (${forged.length})`]
      : run;
  const seen = [
    ...(short.length > 0 ? [short.join(", ")] : []),
    ...tests.map(([file, title]) => `${file.split("/").at(-1)}: ${title}`),
    ...(because === undefined ? [] : [because]),
  ];
  return seen.join("; ");
}

function scenarioText(records: readonly RunRecord[]): string {
  return `An errno in brackets is what the program was told. \`exec\`, \`standby\` and \`warm\` are a command of \`run()\`, a command of a pool, and a function. What differs between ${records.map(({ user }) => user).join(" and ")} is said for each.`;
}

function scenarioTable(records: readonly RunRecord[]): string {
  const rows = SCENARIOS.map((scenario) => {
    const { held, openly } = outcomeCells(scenario, records);
    return `| \`${scenario.name}\` | ${scenario.does} | ${scenario.control} | ${held} | ${openly} |`;
  });
  return `| scenario | the job | control | outcome | control off |\n|---|---|---|---|---|\n${rows.join("\n")}`;
}

function controlTable(): string {
  const shows = (scenario: Scenario): boolean => scenario.openly.by !== "nowhere";
  const rows = CONTROL_NAMES.map((control) => {
    const names = SCENARIOS.filter((scenario) => scenario.control === control && shows(scenario)).map(
      ({ name }) => `\`${name}\``,
    );
    return `| ${control} | ${names.length > 0 ? names.join(", ") : (ELSEWHERE[control] ?? "")} |`;
  });
  return `| control | shown by |\n|---|---|\n${rows.join("\n")}`;
}

/** Controls that nothing but a changed launch plan switches off. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  "cgroup-namespace": "cgroup.test.ts of linux-clone: the job sees its own cgroup as the root",
  init: "isolation.test.ts of linux-clone: what the job leaves behind ends with it, and counts",
};
