import { describe, expect, test } from "bun:test";
import { checkWorkerCounts } from "../src/worker-counts.ts";
import { whyRetire } from "../src/worker-retirement.ts";

const never = Number.POSITIVE_INFINITY;

describe("checkWorkerCounts()", () => {
  test.each([
    [{}, 1, 1],
    [{ workers: 4 }, 4, 4],
    [{ minWorkers: 3 }, 3, 3],
    [{ maxWorkers: 5 }, 1, 5],
    [{ minWorkers: 0 }, 0, 1],
    [{ minWorkers: 0, maxWorkers: 2 }, 0, 2],
    [{ minWorkers: 2, maxWorkers: 2 }, 2, 2],
  ])("%j: %i to %i", (options, min, max) => {
    expect(checkWorkerCounts(options)).toMatchObject({ min, max });
  });

  test("ends idle ones after half a minute and retires none, unless it is told otherwise", () => {
    expect(checkWorkerCounts({})).toMatchObject({
      idleTimeoutMs: 30_000,
      retireAfter: { jobs: never, ageMs: never, grownBytes: never },
    });
    expect(checkWorkerCounts({ idleTimeoutMs: never, retireAfter: { jobs: 5 } })).toMatchObject({
      idleTimeoutMs: never,
      retireAfter: { jobs: 5, ageMs: never },
    });
  });

  test.each([
    [{ workers: 0 }, RangeError, "Cannot use workers = 0: expected a whole number from 1 to 1024"],
    [{ workers: "2" }, TypeError, "Cannot use workers = 2: expected a whole number"],
    [{ workers: 2, maxWorkers: 4 }, TypeError, 'Cannot use option "workers" beside "minWorkers" or "maxWorkers"'],
    [
      { minWorkers: 3, maxWorkers: 2 },
      RangeError,
      "Cannot use maxWorkers = 2: expected at least minWorkers, which is 3",
    ],
    [{ maxWorkers: 0 }, RangeError, "Cannot use maxWorkers = 0"],
    [{ idleTimeoutMs: -1 }, RangeError, "Cannot use idleTimeoutMs = -1"],
    [{ retireAfter: { job: 5 } }, TypeError, 'Cannot use option "job": it is not known; did you mean "jobs"?'],
    [{ retireAfter: { jobs: 0 } }, RangeError, "Cannot use retireAfter.jobs = 0"],
    [{ retireAfter: 5 }, TypeError, "Cannot use retireAfter = 5: expected an object"],
  ])("%j is refused", (options, kind, message) => {
    const check = (): unknown => checkWorkerCounts(options as object);
    expect(check).toThrow(message);
    expect(check).toThrow(kind);
  });
});

describe("whyRetire()", () => {
  const after = { jobs: 10, ageMs: 1000, grownBytes: 500 };
  test.each([
    [{ jobs: 9, ageMs: 999, grownBytes: 499 }, null],
    [{ jobs: 10, ageMs: 0, grownBytes: 0 }, "jobs"],
    [{ jobs: 0, ageMs: 1000, grownBytes: 0 }, "age"],
    [{ jobs: 0, ageMs: 0, grownBytes: 500 }, "memory"],
    [{ jobs: 0, ageMs: 0, grownBytes: -500 }, null],
  ] as const)("%j: %p", (service, why) => {
    expect(whyRetire(after, service)).toBe(why);
  });
});
