import { expect, test } from "bun:test";
import { PHASES, type PhaseEnds, phasesOf } from "@hutch/core";
import fc from "fast-check";

const at = fc.option(fc.oneof(fc.double({ min: -1e6, max: 1e6 }), fc.double()), { nil: null });
const ends: fc.Arbitrary<PhaseEnds> = fc.record(Object.fromEntries(PHASES.slice(0, -1).map((phase) => [phase, at])), {
  requiredKeys: [],
});

test("each phase begins where the one before it ends", () => {
  expect(phasesOf(10, { prepare: 11, clone: 13, steps: 16, start: 20, run: 25, exit: 31 }, 38)).toEqual({
    prepare: 1,
    clone: 2,
    steps: 3,
    start: 4,
    request: null,
    run: 5,
    response: null,
    exit: 6,
    reap: 7,
  });
});

test("the time of a phase whose end nobody saw is in the next one", () => {
  expect(phasesOf(0, { prepare: 1, clone: null, steps: 4 }, 9)).toMatchObject({
    prepare: 1,
    clone: null,
    steps: 3,
    reap: 5,
  });
});

test("whatever the ends are, the phases are not negative and add up to the whole", () => {
  fc.assert(
    fc.property(
      ends,
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      (seen, from, took) => {
        const phases = phasesOf(from, seen, from + took);
        expect(Object.keys(phases)).toEqual([...PHASES]);
        const lengths = Object.values(phases).filter((length) => length !== null);
        for (const length of lengths) expect(length).toBeGreaterThanOrEqual(0);
        expect(lengths.reduce((sum, length) => sum + length, 0)).toBeCloseTo(took, 6);
      },
    ),
    { numRuns: 1000 },
  );
});
