import { describe, expect, test } from "bun:test";
import { runProgram } from "./warm-environment.ts";

/** One forks after the other; two of them have two processors. */
const WORKERS = 2;
const FORKS = 10_000;
const SAMPLE_BYTES = 16;
const NAMES = [
  "Math.random",
  "randomUUID",
  "getRandomValues",
  "randomUUIDv7",
  "node randomBytes",
  "node randomUUID",
  "node randomInt",
  "node webcrypto",
];

/** The samples of each source, in hex. */
async function samples(forks: number, mode: "reseed" | "as-is"): Promise<readonly (readonly string[])[]> {
  const { stdout, stderr, exitCode } = await runProgram("random-samples.ts", [String(forks), mode]);
  expect({ exitCode, stderr, bytes: stdout.byteLength }).toEqual({
    exitCode: 0,
    stderr: "",
    bytes: forks * NAMES.length * SAMPLE_BYTES,
  });
  return NAMES.map((_, source) =>
    Array.from({ length: forks }, (_, fork) => {
      const at = (fork * NAMES.length + source) * SAMPLE_BYTES;
      return stdout.subarray(at, at + SAMPLE_BYTES).toHex();
    }),
  );
}

describe("reseed()", () => {
  test(`gives ${FORKS} forks different values of every source`, async () => {
    const forked = await Promise.all(Array.from({ length: WORKERS }, () => samples(FORKS / WORKERS, "reseed")));
    const bySource = NAMES.map((_, source) => forked.flatMap((each) => each[source] ?? []));
    for (const [index, values] of bySource.entries())
      expect([NAMES[index], new Set(values).size]).toEqual([NAMES[index], FORKS]);
    expect(new Set(bySource.flat()).size).toBe(FORKS * NAMES.length);
    // Without its time, which differs anyway.
    const v7 = bySource[NAMES.indexOf("randomUUIDv7")] ?? [];
    expect(new Set(v7.map((value) => value.slice(16))).size).toBe(FORKS);
  }, 900_000);

  test("is needed: without it forks share what they draw", async () => {
    const bySource = await samples(3, "as-is");
    expect(new Set(bySource[NAMES.indexOf("Math.random")]).size).toBe(1);
    expect(new Set(bySource[NAMES.indexOf("randomUUID")]).size).toBe(1);
    expect(new Set(bySource[NAMES.indexOf("getRandomValues")]).size).toBe(1);
  });
});
