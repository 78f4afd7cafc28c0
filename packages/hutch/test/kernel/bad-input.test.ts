// Bad input of every kind gives a verdict or an error that says what to do, in bounded time, and the next job runs.
// What run.test.ts, pool.test.ts and policy.test.ts have already is not repeated here.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decideVerdict, parsePolicy } from "@hutch/core";
import { openDescriptors } from "../../src/descriptors.ts";
import { createPool, loadArtifact, type Pool, parseLimits, prepare, run } from "../../src/index.ts";
import { launchHere } from "../../src/launch-here.ts";
import { sendRequest } from "../../src/request.ts";
import type * as abuse from "./jobs/socket-abuse.ts";

/** Far below what a job that nobody ends would take. */
const BOUND_MS = 60_000;
let pool: Pool<typeof abuse>;
let startedMs = 0;

beforeAll(async () => {
  pool = await createPool<typeof abuse>({ module: join(import.meta.dir, "jobs/socket-abuse.ts") });
});
afterAll(async () => {
  await pool.close();
});

const begin = (): void => {
  startedMs = performance.now();
};
afterEach(async () => {
  if (startedMs !== 0) expect(performance.now() - startedMs).toBeLessThan(BOUND_MS);
  startedMs = 0;
  expect(await pool.call("well", [])).toBe("well");
});

describe("a job that", () => {
  test.each([
    ["closesSocket", "invalid-response", "did not answer"],
    ["answersAndExits1", "invalid-response", "answered with a value and exited with 1"],
    ["answersTwice", "invalid-response", "after its answer"],
    ["answersHalf", "signaled", "SIGKILL"],
    ["announcesTooMuch", "invalid-response", "bytes"],
    ["answersWhatDoesNotDecode", "invalid-response", "does not decode"],
    ["exits0", "invalid-response", "did not answer"],
  ] as const)("%s is %s", async (name, status, word) => {
    begin();
    const outcome = await pool.execute(name, []);
    expect(outcome.verdict).toMatchObject({ status, blame: "ambiguous", retry: "once" });
    expect(outcome.verdict.reason).toContain(word);
  });

  test("returns more than its output limit fails and says both sizes", async () => {
    begin();
    const { verdict } = await pool.execute("returnsTooMuch", [], { limits: { outputBytes: 1000 } });
    expect(verdict).toMatchObject({ status: "failed", blame: "job" });
    expect(verdict.reason).toContain("1000 are allowed");
  });

  test("never reads its request ends at its wall limit", async () => {
    begin();
    const limits = parseLimits({ wallMs: 200 });
    const descriptors = openDescriptors({ conversation: true });
    if (descriptors.host.job === null) throw new Error("no socket");
    const args = { bytes: new Uint8Array(32 * 1024), compression: "none" } as const;
    sendRequest(
      descriptors.host.job.fd,
      { kind: "function", module: "/app/x.ts", checksum: null, exportName: "x", args },
      { env: {}, limits },
    );
    const job = launchHere({ argv: ["/bin/sleep", "600"], policy: parsePolicy(), limits, descriptors, limited: true });
    const { evidence } = await job.supervision.finished;
    job.release();
    expect(decideVerdict(evidence).status).toBe("wall-limit");
  });
});

describe("a call", () => {
  test.each([
    ["a function", () => 1],
    ["a symbol", Symbol("x")],
    ["a promise", Promise.resolve(1)],
  ])("with %s as an argument is refused", async (_what, value) => {
    begin();
    const error = await pool.execute("well", [value] as never).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: expect.stringContaining("args") });
  });

  test("with a cycle as an argument, or none of a list, is refused", async () => {
    begin();
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(pool.execute("well", [cycle] as never)).rejects.toThrow("cycle");
    expect(pool.execute("well", 5 as never)).rejects.toThrow(TypeError);
    expect(pool.execute(5 as never, [])).rejects.toThrow("expected its name");
  });

  test("with a payload that is no list, no CBOR or no zstd is the payload's fault", async () => {
    begin();
    const payload = (bytes: number[], compression: "none" | "zstd" = "none") => ({
      bytes: new Uint8Array(bytes),
      compression,
    });
    for (const bad of [payload([1]), payload([0xff]), payload([]), payload([1, 2, 3], "zstd")]) {
      const { verdict } = await pool.execute("well", bad);
      expect(verdict).toMatchObject({ status: "invalid-payload", blame: "job" });
    }
  });
});

describe("a limit", () => {
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "2s", "256MiB", null, {}])(
    "of %p is refused",
    (cpuMs) => {
      expect(() => run(["true"], { limits: { cpuMs } as never })).toThrow(/limits\.cpuMs = .*: expected/);
      expect(() => run(["true"], { limits: { memoryBytes: cpuMs } as never })).toThrow(/limits\.memoryBytes/);
      expect(pool.execute("well", [], { limits: { cpuMs } as never })).rejects.toThrow(/limits\.cpuMs/);
      expect(createPool({ limits: { wallMs: cpuMs } as never })).rejects.toThrow(/limits\.wallMs/);
    },
  );
});

describe("wasm that", () => {
  const name = (text: string): number[] => [text.length, ...new TextEncoder().encode(text)];
  const section = (id: number, ...content: number[]): number[] => [id, content.length, ...content];
  const wasm = (...sections: number[][]): Uint8Array =>
    new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections.flat()]);
  /** (i32, i32) -> i64 */
  const type = section(1, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7e);
  const memory = section(5, 1, 0, 1);
  const exported = section(7, 2, ...name("memory"), 2, 0, ...name("run"), 0, 0);
  const body = (...code: number[]): number[] => section(10, 1, code.length + 2, 0, ...code, 0x0b);
  /** loop { memory.grow(1); } */
  const grows = wasm(
    type,
    section(3, 1, 0),
    memory,
    exported,
    body(0x03, 0x40, 0x41, 1, 0x40, 0, 0x1a, 0x0c, 0, 0x0b, 0x42, 0),
  );

  test.each([
    ["is none", new TextEncoder().encode("not wasm")],
    ["is empty", new Uint8Array()],
    ["is cut off", grows.subarray(0, 20)],
    ["imports what nobody gives", wasm(section(1, 1, 0x60, 0, 0), section(2, 1, ...name("env"), ...name("x"), 0, 0))],
  ])("%s is not prepared, and the error says why", async (_what, bytes) => {
    begin();
    const error = await pool.prepare(bytes).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "JOB_FAILED",
      verdict: { status: expect.stringMatching(/failed|invalid-payload/) },
    });
    expect((error as Error).message).not.toContain("undefined");
  });

  test("grows without end is ended by a limit", async () => {
    begin();
    const artifact = await pool.prepare(grows);
    const { verdict } = await pool.wasm(artifact, "run", new Uint8Array(4), { limits: { cpuMs: 300, wallMs: 60_000 } });
    expect(["cpu-limit", "memory-limit", "failed"]).toContain(verdict.status);
    expect(verdict.blame).toBe("job");
    const missing = await pool.wasm(artifact, "nothing", new Uint8Array(4));
    expect(missing.verdict).toMatchObject({ status: "failed", reason: expect.stringContaining("nothing") });
  });

  test("is missing, damaged or no artifact is refused before a job", async () => {
    begin();
    const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
    try {
      await expect(prepare(join(folder, "none.wasm"))).rejects.toThrow(
        new TypeError(
          `Cannot prepare module = "${join(folder, "none.wasm")}": there is no such file; give the path of a wasm file, or its bytes`,
        ),
      );
      await expect(prepare(folder)).rejects.toThrow("it can not be read (EISDIR)");
      expect(() => loadArtifact(join(folder, "none.hutch"))).toThrow("none.hutch");
      const path = join(folder, "module.hutch");
      (await pool.prepare(grows)).write(path);
      const bytes = readFileSync(path);
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      expect(() => loadArtifact(path)).toThrow(/checksum/);
      writeFileSync(path, bytes.subarray(0, 10));
      expect(() => loadArtifact(path)).toThrow(expect.objectContaining({ code: "ARTIFACT_INVALID" }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
