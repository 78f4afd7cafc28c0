import { expect, test } from "bun:test";
import { monotonicOf } from "@hutch/syscall";
import { type JobWay, phasesOfWay } from "../src/moments.ts";

/** A function on demand, in milliseconds from some moment; what the job tells comes by the clock of all processes. */
function way(told: readonly [walked: number, started: number, read: number, answered: number]): JobWay {
  const from = performance.now();
  const [walkedMs, startedMs, requestReadMs, answeredMs] = told.map((ms) => monotonicOf(from + ms)) as [
    number,
    number,
    number,
    number,
  ];
  return {
    startedMs: from,
    askedMs: from + 1,
    launch: { begunMs: from + 2, clonedMs: from + 4, walkedMs: null, executedMs: null },
    seen: {
      answerMs: from + 20,
      endedMs: from + 21,
      overMs: from + 23,
      told: { walkedMs, startedMs, requestReadMs, answeredMs },
    },
    kind: "answers",
    resultMs: from + 24,
  };
}

const DIGITS = 6;

function expectPhases(given: JobWay, wanted: Readonly<Record<string, number | null>>): void {
  const phases: Readonly<Record<string, number | null>> = phasesOfWay(given);
  for (const [name, length] of Object.entries(wanted)) {
    if (length === null) expect([name, phases[name]]).toEqual([name, null]);
    else expect(phases[name]).toBeCloseTo(length, DIGITS);
  }
}

test("what the job tells lies between what others saw", () => {
  expectPhases(way([7, 9, 12, 18]), {
    prepare: 2,
    clone: 2,
    steps: 3,
    start: 2,
    request: 3,
    run: 6,
    response: 2,
    exit: 3,
    reap: 1,
  });
});

test("a job that tells of a future takes no time away from what came after its answer", () => {
  expectPhases(way([1e9, 1e9, 1e9, 1e9]), { steps: 16, start: 0, request: 0, run: 0, response: 0, exit: 3, reap: 1 });
});

test("a job that tells of a past takes no time away from what came before it was made", () => {
  expectPhases(way([-1e9, -1e9, -1e9, -1e9]), {
    prepare: 2,
    clone: 2,
    steps: 0,
    start: 0,
    request: 0,
    run: 0,
    response: 16,
  });
});

test("what is no moment is none", () => {
  const nonsense = [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN] as const;
  const phases = phasesOfWay(way(nonsense));
  for (const length of Object.values(phases)) if (length !== null) expect(length).toBeGreaterThanOrEqual(0);
  expectPhases(way(nonsense), { prepare: 2, clone: 2, exit: 3, reap: 1 });
});

test("without an answer the job is not listened to", () => {
  const given = way([7, 9, 12, 18]);
  expectPhases(
    { ...given, seen: { ...given.seen, answerMs: null } },
    { steps: null, start: null, request: null, run: 17, response: null },
  );
});
