// A launch whose process stands still is ended, and its caller is told at which step. Nothing of it is left, and the next one works.
import { describe, expect, test } from "bun:test";
import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { type HostError, run } from "../../src/index.ts";

const HOSTS = join(import.meta.dir, "hosts");
const TIME_LIMIT_MS = 300_000;

interface Told {
  readonly outcome: { readonly text?: string; readonly code?: string; readonly message?: string };
  readonly next: string;
  readonly asked: number;
  readonly left: string;
  readonly tookMs: number;
}

/** @param answers how many requests the source's file system answers */
function showSource(answers: number): Told {
  const host = [process.execPath, "--conditions=hutch-source", join(HOSTS, "shows-silent-source.ts"), `${answers}`];
  const { stdout, stderr } = Bun.spawnSync(["unshare", "-m", ...host]);
  expect(stderr.toString()).toBe("");
  return JSON.parse(stdout.toString()) as Told;
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
    () => {
      const whole = showSource(1_000_000);
      expect([whole.outcome.text, whole.next]).toEqual(["755\n", "next\n"]);

      const never = showSource(0);
      expect(never.outcome).toEqual({
        code: "POLICY_NOT_APPLICABLE",
        message: 'Cannot use policy.files[0].source = "SOURCE": its file system did not answer for five seconds',
      });

      // The job itself asks once. Before that the launch asks last, and by then the kernel lets nothing end what waits.
      const late = showSource(whole.asked - 2);
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

describe("a launch that is stopped from outside (SIGSTOP)", () => {
  test(
    "is an error that names the step, whatever step that is, and leaves no process",
    async () => {
      const stopper = Bun.spawn(
        [process.execPath, "--conditions=hutch-source", join(HOSTS, "stops-launches.ts"), `${process.pid}`],
        {
          stdout: "pipe",
        },
      );
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
      const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ");
      expect(children).not.toContain(pid);
      expect((await run(["echo", "next"])).text()).toBe("next\n");
    },
    TIME_LIMIT_MS,
  );
});
