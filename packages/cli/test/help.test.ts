import { expect, test } from "bun:test";
import { helpFor } from "../src/help.ts";
import { COMMAND_NAMES } from "../src/option-table.ts";

const MOST_COLUMNS = 80;

test("helpFor() names every command, and every option with an example line", () => {
  for (const name of COMMAND_NAMES) expect(helpFor(null)).toContain(`  ${name} `);
  expect(helpFor("run")).toContain("--memory SIZE");
  expect(helpFor("run")).toContain("sandbox-cli run -- python3");
});

test("helpFor() fits a terminal", () => {
  for (const name of [null, ...COMMAND_NAMES]) {
    for (const line of helpFor(name).split("\n")) expect(line.length).toBeLessThanOrEqual(MOST_COLUMNS);
  }
});
