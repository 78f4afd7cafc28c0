import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createPool, type RunningJob, run, type Verdict } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");

/** A command that says that it runs, and then waits. */
const waits = (seconds: number): readonly string[] => ["/bin/sh", "-c", `echo running; exec sleep ${seconds}`];

/** Stands still once all of these jobs run. */
async function standStill(jobs: readonly RunningJob[], ms: number): Promise<readonly Verdict[]> {
  await Promise.all(jobs.map(running));
  Bun.sleepSync(ms);
  return (await Promise.all(jobs)).map(({ verdict }) => verdict);
}

async function running(job: RunningJob): Promise<void> {
  for await (const _ of job) return;
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

  test("takes the end of a job that ended in the meantime for what it was, and blames nobody for one that is still there", async () => {
    await using pool = await createPool();
    const [pooled, single, longer] = await standStill(
      [pool.run(waits(1), { limits }), run(waits(1), { limits }), run(waits(60), { limits })],
      6000,
    );
    expect([pooled?.status, single?.status]).toEqual(["ok", "ok"]);
    expect(longer).toMatchObject({ status: "wall-limit", blame: "ambiguous", retry: "once" });
    expect(longer?.reason).toContain("while the host itself was stalled");
  });

  test("blames nobody either when it stood still long before the limit, which only the pulse notices", async () => {
    const [verdict] = await standStill([run(waits(60), { limits: { ...limits, wallMs: 2500 } })], 1500);
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
    const [ended, still] = await Promise.all([stoppedHost(0.2, 4000, 6000), stoppedHost(60, 4000, 6000)]);
    expect(ended).toMatchObject({ status: "ok" });
    expect(still).toMatchObject({ status: "wall-limit", blame: "ambiguous" });
  });
});
