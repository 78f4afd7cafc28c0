// Everything that a backend has to do whatever it is made of: run every case against it, in any order.
import { ANSWERS } from "./conformance/answers.ts";
import { ENDS } from "./conformance/ends.ts";
import { ISOLATION } from "./conformance/isolation.ts";
import { LIMITS } from "./conformance/limits.ts";
import type { ConformanceCase, Promised } from "./conformance/subject.ts";

const ALL: readonly ConformanceCase[] = [...ENDS, ...ANSWERS, ...LIMITS, ...ISOLATION];

/** The cases for a subject that promises these. */
export function conformanceCases(promised: readonly Promised[]): readonly ConformanceCase[] {
  return ALL.filter(({ needs = [] }) => needs.every((need) => promised.includes(need)));
}
