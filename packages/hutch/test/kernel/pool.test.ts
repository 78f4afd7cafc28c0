import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ControlReport, createPool, JobError, type Pool, type Report, run } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";
import { leakedSince, settledDescriptors } from "./until.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");
const MiB = 2 ** 20;

describe.each(["linux-clone", "posix-fork"] as const)("createPool() on %s", (backend) => {
  const isolated = backend === "linux-clone";
  let pool: Pool<typeof tasks>;
  beforeAll(async () => {
    pool = await createPool<typeof tasks>({ module, workers: 2, policy: { backend } });
  });
  afterAll(async () => {
    await pool.close();
  });

  test("starts warm on this machine", () => {
    expect({ start: pool.start, why: pool.startWhy }).toEqual({ start: "warm", why: "" });
  });

  test("call() gives the value of a function, sync or async, and of the default export", async () => {
    expect(await pool.call("add", [40, 2])).toBe(42);
    expect(await pool.call("later", [5])).toBe("later");
    expect(await pool.call("default", ["you"])).toBe("hello you");
  });

  test("its report says which user a job is on the machine, as that of a single command does", async () => {
    const ids = ({ isolation }: Report): ControlReport | undefined =>
      isolation.controls.find(({ name }) => name === "unprivileged-ids");
    const shape = (why = ""): string => why.replace(/\d{5,}/, "N");
    const single = (await run(["true"], { policy: { backend } })).report;
    for (const { report } of [await pool.execute("add", [1, 2]), await pool.run(["true"])])
      expect(shape(ids(report)?.why)).toBe(shape(ids(single)?.why));
  });

  test("values cross as what they are", async () => {
    const value = {
      big: 2n ** 70n,
      date: new Date(1e12),
      map: new Map<unknown, unknown>([
        [1, "one"],
        ["two", 2],
      ]),
      bytes: new Uint8Array([1, 2, 3]),
      floats: new Float64Array([1.5, -0]),
      nested: [null, undefined, true, "text", [1.25]],
    };
    expect(await pool.call("echo", [value] as never)).toEqual(value as never);
  });

  test("a large value crosses whole, both ways", async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(65_536));
    const big = Buffer.concat(Array.from({ length: 64 }, () => bytes));
    const back = (await pool.call("echo", [new Uint8Array(big)] as never)) as unknown as Uint8Array;
    expect(Buffer.compare(back, big)).toBe(0);
  });

  test("every job starts from the same state", async () => {
    for (let i = 0; i < 5; i++) expect(await pool.call("count", [])).toBe(1);
  });

  test("execute() reports how a job ended and never throws for it", async () => {
    const outcome = await pool.execute("add", [1, 2]);
    expect(outcome).toMatchObject({ ok: true, value: 3, verdict: { status: "ok", blame: "none" } });
    expect(outcome.report.isolation).toMatchObject({ backend, start: "warm" });
    expect(outcome.report.usage.cpuMs).toBeLessThan(1000);
  });

  test("a thrown error comes back with name, message and stack", async () => {
    const outcome = await pool.execute("fail", []);
    if (outcome.ok) throw new Error("expected a failure");
    expect(outcome.verdict).toMatchObject({ status: "failed", blame: "job", reason: "RangeError: out of cheese" });
    expect(outcome.error).toMatchObject({ name: "RangeError", message: "out of cheese" });
    expect(outcome.error?.stack).toContain("tasks.ts");
    const thrown = await pool.call("reject", []).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(JobError);
    expect((thrown as JobError).verdict.status).toBe("failed");
    expect((thrown as JobError).cause).toMatchObject({ name: "TypeError", message: "rejected" });
    expect((await pool.execute("throwText", [])).verdict.reason).toContain("just text");
  });

  test.each([
    ["giveFunction", [], "failed", "function"],
    ["giveCycle", [], "failed", "cycle"],
    ["notAFunction", [], "failed", "not a function"],
    ["noSuchExport", [], "failed", "noSuchExport"],
  ])("%s ends with a reason that says what to do", async (name, args, status, word) => {
    const outcome = await pool.execute(name as never, args as never);
    expect(outcome.verdict.status).toBe(status as never);
    expect(outcome.verdict.reason).toContain(word);
  });

  test("a promise that never settles ends at once, not at the wall limit", async () => {
    const outcome = await pool.execute("never", [], { limits: { wallMs: 60_000 } });
    expect(outcome.verdict.status).toBe("failed");
  });

  test("a job that exits, dies or writes garbage gets a verdict of its own and the next one runs", async () => {
    expect((await pool.execute("exitWith", [0])).verdict.status).toBe("invalid-response");
    expect((await pool.execute("exitWith", [9])).verdict).toMatchObject({ status: "failed", exitCode: 9 });
    expect((await pool.execute("killSelf", ["SIGKILL"])).verdict).toMatchObject({
      status: "signaled",
      signal: "SIGKILL",
      blame: "ambiguous",
    });
    expect((await pool.execute("garbage", [])).verdict.status).toBe("invalid-response");
    expect(await pool.call("add", [1, 1])).toBe(2);
  });

  test("cpu-limit, wall-limit, memory-limit and output-limit end a function", async () => {
    expect((await pool.execute("spin", [], { limits: { cpuMs: 100, wallMs: 60_000 } })).verdict.status).toBe(
      "cpu-limit",
    );
    expect((await pool.execute("later", [60_000], { limits: { wallMs: 100 } })).verdict.status).toBe("wall-limit");
    expect(
      (await pool.execute("hog", [], { limits: { memoryBytes: 128 * MiB, cpuMs: 20_000, wallMs: 60_000 } })).verdict
        .status,
    ).toBe("memory-limit");
    expect((await pool.execute("print", ["x".repeat(100_000)], { limits: { outputBytes: 1000 } })).verdict.status).toBe(
      "output-limit",
    );
    expect(await pool.call("add", [1, 1])).toBe(2);
  });

  test("console output of a job is in the outcome, whole", async () => {
    const text = "line\n".repeat(50_000);
    const outcome = await pool.execute("print", [text]);
    expect(outcome.ok).toBe(true);
    expect(new TextDecoder().decode(outcome.stdout)).toBe(`${text}\n`);
    expect(new TextDecoder().decode(outcome.stderr)).toBe("to stderr\n");
  });

  test("randomness differs from job to job", async () => {
    const seen = new Set<unknown>();
    for (let i = 0; i < 50; i++) for (const value of (await pool.call("random", [])) as unknown[]) seen.add(value);
    expect(seen.size).toBe(200);
  });

  const isolatedOnly = isolated ? "" : " (posix-fork isolates nothing of that)";
  test.skipIf(!isolated)(`a job sees its own process, user, environment and files${isolatedOnly}`, async () => {
    const { pid, uid, env, root } = await pool.call("look", []);
    expect(pid).toBe(2);
    expect(uid).toBe(1000);
    expect(Object.keys(env).sort()).toEqual(["HOME", "LANG", "PATH"]);
    expect(root).not.toContain("root");
    expect(root).not.toContain("home");
  });

  test("commands run in the pool's sandbox", async () => {
    const result = await pool.run(["/bin/sh", "-c", "cat; exit 3"], { stdin: "through" });
    expect(result.text()).toBe("through");
    expect(result.exitCode).toBe(3);
    expect((await pool.run(["no-such-command"])).verdict.executeError).toBe("ENOENT");
    const zipped = await pool.run(["/bin/cat"], {
      stdin: { bytes: Bun.zstdCompressSync("zipped"), compression: "zstd" },
    });
    expect(zipped.text()).toBe("zipped");
  });

  test("arguments that do not encode are refused before a job exists", async () => {
    expect(pool.call("echo", [() => 1] as never)).rejects.toThrow("function");
  });

  test("callers that give up while they wait are skipped", async () => {
    const abort = new AbortController();
    const busy = [pool.execute("later", [200]), pool.execute("later", [200])];
    const waiting = pool.execute("add", [1, 2], { signal: abort.signal });
    abort.abort(new Error("gave up"));
    expect(waiting).rejects.toThrow("gave up");
    await Promise.all(busy);
    expect(await pool.call("add", [1, 2])).toBe(3);
  });

  test("300 jobs leave no descriptor behind", async () => {
    // Both workers, each with its standby, and the kept folders of their cgroups.
    for (let i = 0; i < 10; i++) await Promise.all([pool.call("add", [i, 1]), pool.call("add", [i, 2])]);
    const before = await settledDescriptors();
    for (let i = 0; i < 30; i++) await Promise.all(Array.from({ length: 10 }, (_, k) => pool.call("add", [i, k])));
    expect(await leakedSince(before)).toEqual([]);
  });
});

describe("createPool() with a module that does not load", () => {
  test.each([
    ["throws-at-load.ts", "throws-at-load.ts", "broken at load"],
    ["does-not-parse.ts.txt", "does-not-parse.ts", "does-not-parse"],
  ])("%s: every call fails with the reason", async (source, name, word) => {
    const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
    chmodSync(folder, 0o755);
    try {
      copyFileSync(join(import.meta.dir, "jobs", source), join(folder, name));
      await using pool = await createPool({ module: join(folder, name) });
      const outcome = await pool.execute("never", []);
      expect(outcome.verdict.status).toBe("failed");
      expect(`${outcome.verdict.reason}\n${outcome.ok ? "" : outcome.error?.stack}`).toContain(word);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a module that is not there is refused before anything is started", () => {
    expect(createPool({ module: "/no/such/module.ts" })).rejects.toThrow('"/no/such/module.ts"');
  });
});

test("a closed pool refuses calls and leaves nothing behind", async () => {
  const before = await settledDescriptors();
  const pool = await createPool<typeof tasks>({ module });
  await pool.call("add", [1, 2]);
  await pool.close();
  await pool.close();
  expect(pool.call("add", [1, 2])).rejects.toThrow("closed");
  expect(await leakedSince(before)).toEqual([]);
});
