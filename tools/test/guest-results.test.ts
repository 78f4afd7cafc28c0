import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeptResults } from "../guest/kept-results.ts";
import { listParts } from "../guest/parts.ts";
import { PartReader, type PartResult } from "../guest/read-parts.ts";
import { summarize } from "../guest/summary.ts";

const folder = mkdtempSync(join(tmpdir(), "hutch-kept-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** As `bun test` and the attack suite print it; each line a second later than the one before. */
function read(lines: string, reader = new PartReader(0)): PartResult[] {
  return lines.split("\n").flatMap((line, second) => reader.read(line, second * 1000) ?? []);
}

const printed = `
--- packages/hutch
bun test v1.4.5 (a7733435c)

test/kernel/run.test.ts:
(pass) run() > says what it ran [2022.25ms]
(fail) run() > is quick [1.5s]
(skip) terminals (needs perl) > one

test/kernel/pool.test.ts:
(pass) a pool > forks
error: told by a job

1 tests skipped:
(skip) terminals (needs perl) > one

1 tests failed:
(fail) run() > is quick [1.5s]

 2 pass
Ran 4 tests across 2 files. [14.00s]

--- attacks
scenario read-by-path: {"passed":3,"failed":[],"skipped":["warm, openly (it needs a compiler)"]}`;

describe("what a guest prints", () => {
  test("is read part by part", () => {
    const hutch = "packages/hutch/test/kernel";
    expect(read(printed)).toEqual([
      {
        part: `${hutch}/run.test.ts`,
        passed: 1,
        failed: ["run() > is quick"],
        skipped: ["terminals (needs perl) > one"],
        seconds: 9,
      },
      { part: `${hutch}/pool.test.ts`, passed: 1, failed: [], skipped: [], seconds: 4 },
      {
        part: "attack/read-by-path",
        passed: 3,
        failed: [],
        skipped: ["warm, openly (it needs a compiler)"],
        seconds: 10,
      },
    ]);
  });

  test("does not pass where the run of a package was cut off, and where an error belongs to no test", () => {
    const cut = "--- packages/hutch\ntest/kernel/run.test.ts:\n(pass) one [1.00ms]";
    expect(read(`${cut}\n--- packages/cli`)).toMatchObject([
      { passed: 1, failed: ["the run of its package ended before it did"] },
    ]);
    const reader = new PartReader(0);
    expect(read(cut, reader)).toEqual([]);
    expect(reader.end()).toMatchObject({ passed: 1, failed: ["the run of its package ended before it did"] });
    expect(read(`${cut}\n# Unhandled error between tests\nRan 1 test across 1 file. [1.00s]`)).toMatchObject([
      { passed: 1, failed: ["an error between tests"] },
    ]);
  });
});

test("what is kept is the newest of each part, and the summary counts it", () => {
  const kept = new KeptResults(folder);
  const failed = { part: "attack/pollute", passed: 1, failed: ["warm, safe: reached"], skipped: [], seconds: 60 };
  kept.add("6.1-user", failed);
  kept.add("6.1-user", { part: "packages/a/test/kernel/a.test.ts", passed: 4, failed: [], skipped: [], seconds: 30 });
  expect(summarize(new Map([["6.1-user", kept.of("6.1-user")]]), 9)).toContain(
    "  6.1-user: attack/pollute: warm, safe: reached",
  );
  kept.add("6.1-user", { ...failed, passed: 2, failed: [], skipped: ["b (needs (real) perl)"], seconds: 90 });
  expect(kept.places()).toEqual(["6.1-user"]);
  const told = summarize(new Map([["6.1-user", kept.of("6.1-user")]]), 9);
  expect(
    told
      .split("\n")[1]
      ?.split("|")
      .map((cell) => cell.trim()),
  ).toEqual(["", "6.1-user", "2 of 9", "4", "0", "0", "2", "0", "1", "2", ""]);
  expect(told).not.toContain("Failed");
  expect(told).toContain("  needs (real) perl: 1 on 6.1-user");
});

test("parts are files of tests and scenarios, each once", async () => {
  const parts = await listParts();
  expect(new Set(parts).size).toBe(parts.length);
  expect(parts).toContain("packages/linux-clone/test/kernel/landlock.test.ts");
  expect(parts).toContain("attack/read-by-path");
  expect(parts.filter((part) => part.startsWith("apps/bench/"))).toEqual([]);
});
