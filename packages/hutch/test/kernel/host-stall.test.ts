import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createPool, type RunningJob, type RunResult, run } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");

/** A command that says that it runs, and then waits. */
const waits = (seconds: number): readonly string[] => ["/bin/sh", "-c", `echo running; exec sleep ${seconds}`];

/** Stands still once the job runs. */
async function standStill(job: RunningJob, ms: number): Promise<RunResult> {
  for await (const _ of job) {
    Bun.sleepSync(ms);
    break;
  }
  return await job;
}

/** Runs this host, stops it for a while once its job runs, and gives what it says about the job. */
async function stoppedHost(seconds: number, wallMs: number, stoppedMs: number): Promise<Record<string, unknown>> {
  const argv = [process.execPath, "--conditions=hutch-source", join(import.meta.dir, "hosts/tells-verdict.ts")];
  const host = Bun.spawn([...argv, String(seconds), String(wallMs)], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = host.stdout.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toBe("running\n");
  host.kill("SIGSTOP");
  await Bun.sleep(stoppedMs);
  host.kill("SIGCONT");
  let said = "";
  for (let next = await reader.read(); !next.done; next = await reader.read()) said += next.value;
  expect(await host.exited).toBe(0);
  return JSON.parse(said);
}

describe("a host that stands still past a job's wall limit", () => {
  const limits = { wallMs: 4000, cpuMs: 60_000 };

  test("finds a job that ended in the meantime, and takes its end for what it was", async () => {
    await using pool = await createPool();
    expect((await standStill(pool.run(waits(0.2), { limits }), 6000)).verdict.status).toBe("ok");
    expect((await standStill(run(waits(0.2), { limits }), 6000)).verdict.status).toBe("ok");
  });

  test("blames nobody for a job that is still there", async () => {
    const { verdict } = await standStill(run(waits(60), { limits }), 6000);
    expect(verdict).toMatchObject({ status: "wall-limit", blame: "ambiguous", retry: "once" });
    expect(verdict.reason).toContain("while the host itself was stalled");
  });

  test("blames nobody either when it stood still long before the limit, which only the pulse notices", async () => {
    const { verdict } = await standStill(run(waits(60), { limits }), 1500);
    expect(verdict).toMatchObject({ status: "wall-limit", blame: "ambiguous" });
  });

  test("blames the next job again", async () => {
    await using pool = await createPool<typeof tasks>({ module });
    await pool.call("add", [1, 2]);
    Bun.sleepSync(1000);
    await Bun.sleep(500);
    const { verdict } = await pool.execute("later", [60_000], { limits: { wallMs: 400 } });
    expect(verdict).toMatchObject({ status: "wall-limit" });
    // A machine that is busy with other things may stand still right now, and then says so.
    if (!verdict.reason.includes("stalled")) expect(verdict.blame).toBe("job");
  });

  test("by SIGSTOP: a job that ended is ok, one that did not is nobody's fault", async () => {
    expect(await stoppedHost(0.2, 4000, 6000)).toMatchObject({ status: "ok" });
    expect(await stoppedHost(60, 4000, 6000)).toMatchObject({ status: "wall-limit", blame: "ambiguous" });
  });
});
