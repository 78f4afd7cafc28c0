// A launch whose process stands still is ended, and its caller is told at which step. Nothing of it is left, and the next one works.
import { describe, expect, test } from "bun:test";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool, type HostError, run } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";
import { childrenOf } from "./processes.ts";

const HOSTS = join(import.meta.dir, "hosts");
const TIME_LIMIT_MS = 300_000;

interface Told {
  readonly outcome: { readonly text?: string; readonly code?: string; readonly message?: string };
  readonly next: string;
  readonly asked: number;
  readonly left: string;
  readonly tookMs: number;
  /** What a second job with the same source was told, and how soon. */
  readonly again: string;
  readonly againMs: number;
}

/** @param answers how many requests the source's file system answers */
async function showSource(answers: number): Promise<Told> {
  const host = [process.execPath, "--conditions=hutch-source", join(HOSTS, "shows-silent-source.ts"), `${answers}`];
  const child = Bun.spawn(["unshare", "-m", ...host], { stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect(stderr).toBe("");
  return JSON.parse(stdout) as Told;
}

function canServe(): boolean {
  try {
    accessSync("/dev/fuse", constants.R_OK | constants.W_OK);
    return process.geteuid?.() === 0;
  } catch {
    return false;
  }
}

describe.skipIf(!canServe())("a source on a file system that does not answer (needs root and /dev/fuse)", () => {
  test(
    "is named before anything is launched, and when it falls silent during the launch so is the step",
    async () => {
      const whole = await showSource(1_000_000);
      expect([whole.outcome.text, whole.next]).toEqual(["755\n", "next\n"]);

      // The job itself asks once. Before that the launch asks last, and by then the kernel lets nothing end what waits.
      const [never, late] = await Promise.all([showSource(0), showSource(whole.asked - 2)]);
      expect(never.outcome).toEqual({
        code: "POLICY_NOT_APPLICABLE",
        message: 'Cannot use policy.files[0].source = "SOURCE": its file system did not answer for five seconds',
      });

      expect(never.again).toBe(never.outcome.message ?? "");
      expect(never.againMs).toBeLessThan(never.tookMs);

      expect(late.outcome.code).toBe("POLICY_NOT_APPLICABLE");
      expect(late.outcome.message).toMatch(
        /^Cannot launch the job: compare source SOURCE \(step \d+ of \d+\) stood still for five seconds$/,
      );
      for (const { next, left, tookMs } of [never, late])
        expect({ next, left, soon: tookMs < 60_000 }).toEqual({ next: "next\n", left: "", soon: true });
    },
    TIME_LIMIT_MS,
  );
});

test("a FIFO that nobody writes to holds nobody: no source is opened for reading", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hutch-fifo-"));
  try {
    const fifo = join(folder, "fifo");
    expect(Bun.spawnSync(["mkfifo", "-m", "644", fifo]).success).toBe(true);
    const files = [{ kind: "read-only", source: fifo, path: "/fifo" }] as const;
    expect((await run(["stat", "-c", "%F", "/fifo"], { policy: { files } })).text()).toBe("fifo\n");
    expect((await run([fifo], { policy: { files: [{ ...files[0], path: fifo }] } })).verdict.executeError).toBe(
      "EACCES",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Says whom it stopped, once it has. */
function stop(launcher: number): Bun.Subprocess<"ignore", "pipe", "inherit"> {
  return Bun.spawn([process.execPath, "--conditions=hutch-source", join(HOSTS, "stops-launches.ts"), `${launcher}`], {
    stdout: "pipe",
  });
}

describe("a launch that is stopped from outside (SIGSTOP)", () => {
  test(
    "is an error that names the step, whatever step that is, and leaves no process",
    async () => {
      const stopper = stop(process.pid);
      let failure: HostError | null = null;
      for (let tried = 0; failure === null && tried < 3000; tried += 1) {
        try {
          await run(["true"]);
        } catch (error) {
          failure = error as HostError;
        }
      }
      stopper.kill();
      const pid = (await new Response(stopper.stdout).text()).trim();
      expect(failure?.message).toMatch(/^Cannot launch the job: .+ \(step \d+ of \d+\) stood still for five seconds$/);
      expect(["HOST_FAILURE", "POLICY_NOT_APPLICABLE"]).toContain(failure?.code ?? "");
      expect(childrenOf(process.pid)).not.toContain(Number(pid));
      expect((await run(["echo", "next"])).text()).toBe("next\n");
    },
    TIME_LIMIT_MS,
  );

  test(
    "is an error of that job alone in a pool: the worker goes on",
    async () => {
      await using pool = await createPool<typeof tasks>({
        module: join(import.meta.dir, "jobs/tasks.ts"),
        standby: false,
      });
      expect(pool.start).toBe("warm");
      const [worker] = childrenOf(process.pid).flatMap(childrenOf);
      const stopper = stop(worker ?? 0);
      let reason = "";
      for (let tried = 0; reason === "" && tried < 3000; tried += 1) {
        const { verdict } = await pool.execute("add", [1, 2]);
        if (verdict.status !== "ok") reason = `${verdict.status}: ${verdict.reason}`;
      }
      stopper.kill();
      const pid = (await new Response(stopper.stdout).text()).trim();
      expect(reason).toMatch(
        /^internal: the job's process could not be set up: .+ \(step \d+ of \d+\) stood still for five seconds$/,
      );
      expect(childrenOf(worker ?? 0)).not.toContain(Number(pid));
      expect(childrenOf(process.pid).flatMap(childrenOf)).toContain(worker ?? 0);
      expect((await pool.execute("add", [1, 2])).verdict.status).toBe("ok");
    },
    TIME_LIMIT_MS,
  );
});
