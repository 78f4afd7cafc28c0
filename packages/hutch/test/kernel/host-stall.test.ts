import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createPool, run } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");

/** Runs this host, stops it for a while once its job runs, and gives what it says about the job. */
async function stoppedHost(jobMs: number, wallMs: number, stoppedMs: number): Promise<Record<string, unknown>> {
  const argv = [process.execPath, "--conditions=hutch-source", join(import.meta.dir, "hosts/tells-verdict.ts")];
  const host = Bun.spawn([...argv, String(jobMs), String(wallMs)], {
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
  test("finds a job that ended in the meantime, and takes its end for what it was", async () => {
    await using pool = await createPool<typeof tasks>({ module });
    const job = pool.execute("later", [200], { limits: { wallMs: 1500 } });
    await Bun.sleep(100);
    Bun.sleepSync(3000);
    expect(await job).toMatchObject({ ok: true, value: "later" });
    const command = run(["sleep", "0.2"], { limits: { wallMs: 1500 } });
    Bun.sleepSync(3000);
    expect((await command).verdict).toMatchObject({ status: "ok" });
  });

  test("blames nobody for a job that is still there", async () => {
    await using pool = await createPool<typeof tasks>({ module });
    const job = pool.execute("later", [60_000], { limits: { wallMs: 1500 } });
    await Bun.sleep(100);
    Bun.sleepSync(3000);
    const { verdict } = await job;
    expect(verdict).toMatchObject({ status: "wall-limit", blame: "ambiguous", retry: "once" });
    expect(verdict.reason).toContain("while the host itself was stalled");
  });

  test("blames nobody either when it stood still long before the limit", async () => {
    await using pool = await createPool<typeof tasks>({ module });
    // With as much CPU time nothing else of ours happens before the limit: only the pulse notices.
    const job = pool.execute("later", [60_000], { limits: { wallMs: 3000, cpuMs: 60_000 } });
    await Bun.sleep(200);
    Bun.sleepSync(1500);
    expect((await job).verdict).toMatchObject({ status: "wall-limit", blame: "ambiguous" });
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
    expect(await stoppedHost(200, 1500, 3000)).toMatchObject({ status: "ok" });
    expect(await stoppedHost(60_000, 1500, 3000)).toMatchObject({ status: "wall-limit", blame: "ambiguous" });
  });
});
