// The document tells what the suite's data and the recorded runs say, and the list of attacks leaves none out.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CONTROL_NAMES } from "hutch";
import { CATALOGUE, CLASSES } from "../src/catalogue/catalogue.ts";
import { ELSEWHERE, renderDocument } from "../src/report/document.ts";
import { readRecords } from "../src/report/record.ts";
import { SCENARIOS } from "../src/scenario-list.ts";

const ROOT = join(import.meta.dir, "../../..");
const document = readFileSync(join(ROOT, "docs/attacks.md"), "utf8");
/** How many attacks the list has that these numbers are of. */
const LISTED = 121;

describe("docs/attacks.md", () => {
  test("is what --document writes", () => {
    expect(document).toBe(renderDocument(readRecords()));
  });

  test("names every scenario, every attack of the list and every control", () => {
    for (const { name } of SCENARIOS) expect(document).toContain(`| \`${name}\` |`);
    for (const { id } of CATALOGUE) expect(document).toContain(`| ${id} |`);
    for (const control of CONTROL_NAMES) expect(document).toContain(`| ${control} |`);
  });

  test("was recorded without anything wrong, for every scenario and both users", () => {
    for (const record of readRecords()) {
      const names = SCENARIOS.map(({ name }) => name);
      expect(Object.keys(record.trials).toSorted()).toEqual(names.toSorted());
      for (const [name, trials] of Object.entries(record.trials))
        for (const { outcome } of trials)
          expect([record.user, name, outcome.startsWith("WRONG")]).toEqual([record.user, name, false]);
    }
  });
});

describe("the list of attacks", () => {
  test("is whole, and each is in one class", () => {
    expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(LISTED);
    for (const { id } of CATALOGUE) expect(Object.keys(CLASSES)).toContain(id.slice(0, 1));
  });

  test("says of each where it is seen to fail, or why there is nothing to attack", () => {
    for (const { id, tests, because } of CATALOGUE) {
      const run = SCENARIOS.some(({ from }) => from.includes(id));
      expect([id, run || tests !== undefined || because !== undefined]).toEqual([id, true]);
    }
  });

  test("names tests that are there", () => {
    for (const { id, tests = [] } of CATALOGUE)
      for (const [file, title] of tests) {
        const path = join(ROOT, file);
        expect([id, file, existsSync(path)]).toEqual([id, file, true]);
        expect([id, title, readFileSync(path, "utf8").includes(title)]).toEqual([id, title, true]);
      }
  });
});

describe("the scenarios", () => {
  test("have names of their own, programs that are there, and come from attacks of the list", () => {
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
    const folders: Record<string, string> = { ts: "functions", sh: "sh", py: "python", c: "c" };
    for (const { program, from } of SCENARIOS) {
      const folder = folders[program.split(".").at(-1) ?? ""] ?? "";
      expect([program, existsSync(join(import.meta.dir, "programs", folder, program))]).toEqual([program, true]);
      for (const id of from) expect(CATALOGUE.map((attack) => attack.id)).toContain(id);
    }
  });

  test("show every control on and off, but those that only a changed launch plan switches off", () => {
    const shown = SCENARIOS.filter(({ openly }) => openly.by !== "nowhere").map(({ control }) => control);
    for (const control of CONTROL_NAMES)
      expect([control, shown.includes(control) || control in ELSEWHERE]).toEqual([control, true]);
  });
});
