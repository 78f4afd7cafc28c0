import { expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool, type Pool, type RunResult } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";
import { commandLine, descendantsOf } from "./processes.ts";
import { until } from "./until.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
/** Programs that wait for their command, below this process. */
const waiting = (): number[] => descendantsOf(process.pid).filter((pid) => commandLine(pid) === "await");

/** Runs it in a standby. */
async function runWaiting(pool: Pool, ...given: Parameters<Pool["run"]>): Promise<RunResult> {
  await until(() => waiting().length === 1);
  const result = await pool.run(...given);
  expect(result.report.timings.setupMs).toBe(0);
  return result;
}

test("a command that finds a standby has its arguments, environment, folder and every kind of stdin", async () => {
  await using pool = await createPool({ policy: { env: { GREETING: "good day" }, cwd: "/usr" } });
  const shown = await runWaiting(pool, ["sh", "-c", 'echo "$0,$1,$GREETING,$(pwd)"; cat', "zero", "with blank "]);
  expect([shown.ok, text(shown.stdout)]).toEqual([true, "zero,with blank ,good day,/usr\n"]);
  for (const stdin of ["text", new TextEncoder().encode("bytes"), new Response("stream").body as ReadableStream])
    expect(text((await runWaiting(pool, ["cat"], { stdin })).stdout)).toMatch(/^(text|bytes|stream)$/);
  expect((await runWaiting(pool, ["sh", "-c", "ls /proc/self/fd | wc -l; exit 9"])).exitCode).toBe(9);
});

test("what cannot be executed is told as without a standby", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
  try {
    chmodSync(folder, 0o755);
    for (const [name, content, mode] of [
      ["plain", "no program", 0o644],
      ["no-interpreter", "#!/not/there\n", 0o755],
      ["garbage", "\x7fELFgarbage", 0o755],
    ] as const) {
      writeFileSync(join(folder, name), content);
      chmodSync(join(folder, name), mode);
    }
    const policy = { files: [{ kind: "read-only", source: folder, path: "/given" }] } as const;
    await using waits = await createPool({ policy });
    await using launches = await createPool({ policy, standby: false });
    for (const command of ["not-there", "/given/plain", "/given/no-interpreter", "/given/garbage", "/usr"]) {
      const told = await runWaiting(waits, [command]);
      const asked = await launches.run([command]);
      const { verdict } = told;
      expect([command, verdict.status, verdict.executeError]).toEqual([
        command,
        asked.verdict.status,
        asked.verdict.executeError,
      ]);
      expect(told.ok).toBe(false);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a command that is too long for a standby gets a job of its own", async () => {
  await using pool = await createPool({});
  const long = "x".repeat(100_000);
  await until(() => waiting().length === 1);
  const { report, stdout } = await pool.run(["/bin/echo", "-n", long]);
  expect(report.timings.setupMs).toBeGreaterThan(0);
  expect(text(stdout)).toBe(long);
  const many = Array.from({ length: 5_000 }, () => "y");
  expect(text((await pool.run(["/bin/echo", ...many])).stdout).length).toBe(10_000);
});

const FIND = `import re,sys
pid, secret = sys.argv[1], sys.argv[2].encode()
found = 0
with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
    for line in maps:
        m = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
        if not m: continue
        start, end = int(m[1], 16), int(m[2], 16)
        if end - start > 2**28: end = start + 2**28
        try:
            mem.seek(start); found += mem.read(end - start).count(secret)
        except OSError: pass
print(found)`;

const root = process.geteuid?.() === 0;
// Only root may look into a worker, which is not dumpable for others.
const title = `the worker never has the arguments of a command that was waited for${root ? "" : " (needs root)"}`;
test.skipIf(!root)(title, async () => {
  await using pool = await createPool({});
  const worker = descendantsOf(process.pid).find((pid) => commandLine(pid).includes("worker"));
  const found = (secret: string): string =>
    Bun.spawnSync(["python3", "-c", FIND, String(worker), secret])
      .stdout.toString()
      .trim();
  await runWaiting(pool, ["/bin/true", "waited-for-this-argument"]);
  await until(() => waiting().length === 1);
  expect(found("waited-for-this-argument")).toBe("0");
  // One that is launched on demand does pass through it.
  await pool.run(["/bin/true", "launched-with-this-argument"], { limits: { wallMs: 7_000 } });
  expect(found("launched-with-this-argument")).toMatch(/^[1-9]/);
});

test("limits hold for a command that waited", async () => {
  await using pool = await createPool({ limits: { cpuMs: 300, wallMs: 60_000 } });
  await Bun.sleep(400);
  expect((await runWaiting(pool, ["sh", "-c", "while :; do :; done"])).verdict.status).toBe("cpu-limit");
  await using short = await createPool({ limits: { wallMs: 300 } });
  await until(() => waiting().length === 2);
  await Bun.sleep(400);
  expect((await short.run(["sleep", "5"])).verdict.status).toBe("wall-limit");
  await until(async () => (await short.run(["true"])).ok);
});

test("functions and commands of one pool take turns in its worker", async () => {
  await using pool = await createPool<typeof tasks>({ module: join(import.meta.dir, "jobs/tasks.ts") });
  for (let round = 0; round < 5; round += 1) {
    expect(await pool.call("add", [round, 1])).toBe(round + 1);
    expect((await pool.run(["true"])).ok).toBe(true);
    expect(await pool.call("count", [])).toBe(1);
  }
  const both = await Promise.all([pool.call("add", [1, 2]), pool.run(["true"]), pool.call("add", [2, 3])]);
  expect([both[0], both[1].ok, both[2]]).toEqual([3, true, 5]);
});
