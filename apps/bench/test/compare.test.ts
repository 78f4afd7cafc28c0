import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareResults } from "../src/compare/compare-results.ts";
import { checkExpectations, readExpectations } from "../src/compare/expectations.ts";
import { changesText, expectationsText } from "../src/report/comparison-text.ts";
import { readResults } from "../src/report/results.ts";
import { SCENARIOS } from "../src/scenario-list.ts";
import { sampleResults } from "./sample-results.ts";

const folder = mkdtempSync(join(tmpdir(), "hutch-bench-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const OURS = '<b>"ours"</b>';

describe("compareResults", () => {
  test("compares ratios, which a machine that is twice as slow leaves as they are", () => {
    const change = compareResults(sampleResults(), sampleResults(2)).find(({ name }) => name === OURS);
    expect(change).toMatchObject({ scenario: "sample-spread", baseline: "plain", clear: false });
    expect(change?.after.value).toBeCloseTo(change?.before.value ?? 0, 5);
  });

  test("says when the intervals have nothing in common", () => {
    const slower = sampleResults();
    const scenarios = slower.scenarios.map((scenario) => ({
      ...scenario,
      rows: scenario.rows.map((row) => ({ ...row, ratio: row.ratio && { value: 9, low: 8, high: 10 } })),
    }));
    const change = compareResults(sampleResults(), { ...slower, scenarios }).find(({ name }) => name === OURS);
    expect(change?.clear).toBe(true);
    expect(changesText(change === undefined ? [] : [change])).toContain("clear");
  });

  test("has nothing to say about runs without a common scenario", () => {
    expect(changesText(compareResults(sampleResults(), { ...sampleResults(), scenarios: [] }))).toContain(
      "nothing in common",
    );
  });
});

describe("checkExpectations", () => {
  const expectation = { scenario: "sample-spread", of: OURS, to: "plain", atMost: 2.5 };

  test("keeps a ratio within its range, breaks one that is clearly above", () => {
    expect(checkExpectations([expectation], sampleResults())).toMatchObject([{ state: "kept" }]);
    const broken = checkExpectations([{ ...expectation, atMost: 1.5 }], sampleResults());
    expect(broken).toMatchObject([{ state: "broken" }]);
    expect(expectationsText(broken)).toContain(`sample-spread: ${OURS} to plain`);
  });

  test("takes a few rounds for no proof", () => {
    const { scenarios, ...rest } = sampleResults();
    const few = scenarios.map((scenario) => ({
      ...scenario,
      rows: scenario.rows.map((row) => ({ ...row, values: row.values.slice(0, 7) })),
    }));
    const kept = checkExpectations([{ ...expectation, atMost: 1.5 }], { ...rest, scenarios: few });
    expect(kept).toMatchObject([{ state: "kept" }]);
  });

  test("says why there is nothing to check", () => {
    expect(checkExpectations([{ ...expectation, to: "nobody" }], sampleResults())).toMatchObject([
      { state: "absent", why: "nobody: not installed & <missing>" },
    ]);
  });
});

describe("files", () => {
  test("results of another version are refused", () => {
    expect(() => readResults(file("old.json", { version: 1 }))).toThrow("expected results of version 2, found 1");
    expect(readResults(file("new.json", sampleResults())).scenarios.length).toBe(5);
  });

  test("a file that is none is named", () => {
    expect(() => readResults(join(folder, "nothing.json"))).toThrow('nothing.json": ENOENT');
  });

  test("expectations with a slip are refused", () => {
    expect(() => readExpectations(file("slip.json", [{ scenario: "a", of: "b", to: "c", atmost: 1 }]))).toThrow(
      'slip.json": 0.atMost',
    );
  });

  test("the ratios of the build are of scenarios that there are", () => {
    const known = SCENARIOS.map(({ name }) => name);
    const path = fileURLToPath(import.meta.resolve("../ci-ratios.json"));
    for (const { scenario } of readExpectations(path)) expect(known).toContain(scenario);
  });
});
