// Ratios that a run must keep to, from a file. They are generous: a machine of a build is busy, and only a clear regression counts.
import * as v from "valibot";
import { readJson } from "../read-json.ts";
import type { Results } from "../report/results.ts";
import { compareMedians, type Estimate } from "../statistics/bootstrap.ts";

export interface Expectation {
  readonly scenario: string;
  readonly of: string;
  readonly to: string;
  readonly atMost: number;
}

/**
 * - `kept`: the ratio, or at least a part of its interval, is within the range
 * - `broken`: the whole interval is above, and there were rounds enough for one
 * - `absent`: one of the two was not measured
 */
export type Kept = Expectation &
  (
    | { readonly state: "kept" | "broken"; readonly estimate: Estimate }
    | { readonly state: "absent"; readonly estimate: null; readonly why: string }
  );

/** The interval of a single round has no width, and one slow moment would be a regression. */
const LEAST_ROUNDS = 8;

const ExpectationsSchema: v.GenericSchema<unknown, Expectation[]> = v.array(
  v.strictObject({ scenario: v.string(), of: v.string(), to: v.string(), atMost: v.pipe(v.number(), v.gtValue(0)) }),
);

/** @throws Error that says what is wrong with the file */
export function readExpectations(path: string): Expectation[] {
  const read: unknown = readJson(path);
  const parsed = v.safeParse(ExpectationsSchema, read);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Error(`Cannot use "${path}": ${v.getDotPath(issue) ?? "the file"}: ${issue.message}`);
}

export function checkExpectations(expectations: readonly Expectation[], { scenarios }: Results): Kept[] {
  return expectations.map((expectation) => {
    const scenario = scenarios.find(({ name }) => name === expectation.scenario);
    const find = (wanted: string) => scenario?.rows.find(({ name }) => name === wanted);
    const [of, to] = [find(expectation.of), find(expectation.to)];
    if (of === undefined || to === undefined) {
      const missing = of === undefined ? expectation.of : expectation.to;
      const why = scenario?.absent.find(({ name }) => name === missing)?.why ?? "its scenario was not run";
      return { ...expectation, state: "absent", estimate: null, why: `${missing}: ${why}` };
    }
    const estimate = compareMedians("ratio", of.values, to.values);
    const broken = estimate.low > expectation.atMost && of.values.length >= LEAST_ROUNDS;
    return { ...expectation, state: broken ? "broken" : "kept", estimate };
  });
}
