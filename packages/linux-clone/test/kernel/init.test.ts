// Init is ours from its first instruction on, however early the job looks for it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CompiledPlan, getSeals, O, open, SOCK, socketpair, wait4 } from "@hutch/syscall";
import { lateBindings } from "../../src/late-bindings.ts";
import { openInit } from "../../src/open-init.ts";
import { planFor, sandbox, sh } from "../sandbox.ts";
import { describeInSandbox, testIf } from "./need-sandbox.ts";

const SOURCE = fileURLToPath(new URL("../jobs/seize-init.c", import.meta.url));
const ROUNDS = 40;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

describeInSandbox("init", () => {
  testIf(Bun.which("gcc") !== null, "no gcc to build the attack with")(
    "no job can attach to it, not between the clone and its first instruction either",
    () => {
      const program = join(folder, "seize-init");
      expect(Bun.spawnSync(["gcc", "-O2", "-static", "-o", program, SOURCE]).exitCode).toBe(0);
      for (let round = 0; round < ROUNDS; round += 1) {
        const { exit } = sandbox(["/attack"], {
          policy: { files: [{ kind: "read-only", source: program, path: "/attack" }] },
        });
        expect(exit).toEqual({ kind: "exited", code: 0 });
      }
    },
  );

  test("tells how the job ended although the launcher ignores SIGCHLD", () => {
    // setpriv is not everywhere; a shell that ignores the signal passes that on to what it executes.
    const script = `import { sh } from ${JSON.stringify(join(import.meta.dir, "../sandbox.ts"))}; console.log(JSON.stringify(sh("exit 9").exit));`;
    const child = Bun.spawnSync(
      ["sh", "-c", 'trap "" CHLD; exec "$0" --conditions=hutch-source -e "$1"', process.execPath, script],
      { stderr: "pipe" },
    );
    expect(`${child.stdout}${child.stderr}`.trim()).toContain('{"kind":"exited","code":9}');
  });

  test("ends the job when the other end of its status socket closes", async () => {
    const { plan, limits, policy, executables } = planFor(["/bin/sleep", "1000"]);
    using init = openInit();
    using nothing = open("/dev/null", O.RDWR);
    const status = socketpair(SOCK.STREAM);
    const launched = new CompiledPlan(plan).launch(
      status.b.fd,
      lateBindings({
        status: status.b.fd,
        init: init.fd,
        descriptors: [nothing.fd, nothing.fd, nothing.fd],
        cgroups: [],
        limits,
        argv: ["sleep", "1000"],
        env: [],
        cwd: policy.cwd,
        executables,
      }),
    );
    if (launched.kind !== "launched") throw new Error(launched.kind);
    using _pidfd = launched.pidfd;
    status.b.close();
    await Bun.sleep(20);
    expect(wait4(launched.pid, 1)).toBeNull();
    status.a.close();
    expect(wait4(launched.pid)?.end).toEqual({ kind: "exited", code: 125 });
  });

  test("is an unreadable, sealed file", () => {
    using init = openInit();
    expect(() => getSeals(init.fd)).toThrow("EBADF");
    expect(init.fd).toBeGreaterThanOrEqual(10);
  });

  test("reaps orphans of the job", () => {
    expect(
      sh(
        "for i in 1 2 3 4 5; do (sleep 0.02 &) ; done; while [ $(ls /proc | grep -cE '^[0-9]+$') -gt 5 ]; do sleep 0.01; done; echo reaped",
        { timeoutMs: 60_000 },
      ).stdout,
    ).toBe("reaped\n");
  });
});
