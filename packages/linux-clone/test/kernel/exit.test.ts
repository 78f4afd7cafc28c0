// How jobs end, and how a step that fails is named.
import { expect, test } from "bun:test";
import { sandbox, sh } from "../sandbox.ts";
import { describeInSandbox } from "./need-sandbox.ts";

describeInSandbox("ends", () => {
  test("exit codes are told as they are", () => {
    for (const code of [0, 1, 2, 41, 125, 126, 127, 128, 129, 137, 139, 200, 255]) {
      expect(sh(`exit ${code}`).exit).toEqual({ kind: "exited", code });
    }
  });

  test("signals are told as they are", () => {
    for (const signal of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 25, 26, 27, 29, 30, 31, 34, 64]) {
      expect(sh(`kill -${signal} $$; sleep 5`).exit).toEqual({ kind: "signaled", signal });
    }
  });

  test("too large a file ends a job with SIGXFSZ", () => {
    const { exit } = sh("exec head -c 100000 /dev/zero > /tmp/f", { limits: { fileSizeBytes: 1000 } });
    expect(exit).toEqual({ kind: "signaled", signal: 25 });
  });

  test("too much CPU time ends a job with SIGXCPU", () => {
    const { exit } = sh("while :; do :; done", { limits: { cpuMs: 500 } });
    expect(exit).toEqual({ kind: "signaled", signal: 24 });
  });

  test("more processes than allowed are refused where no cgroup counts", () => {
    const { stdout, stderr } = sh("for i in 1 2 3 4 5 6; do sleep 60 & done; echo started", {
      limits: { processes: 3 },
    });
    expect(`${stdout}${stderr}`).toMatch(/fork|Resource temporarily unavailable/i);
  });

  test("too many open files are refused", () => {
    expect(
      sh('i=3; while [ $i -lt 9 ]; do eval "exec $i</dev/null"; i=$((i+1)); done; ulimit -n', {
        limits: { openFiles: 20 },
      }).stdout,
    ).toBe("20\n");
  });
});

describeInSandbox("setup failures", () => {
  test("a source that does not exist is named", () => {
    const { exit } = sh("true", {
      policy: { files: [{ kind: "read-only", source: "/no/such/folder", path: "/data" }] },
    });
    expect(exit).toMatchObject({ kind: "setup-failed", code: "ENOENT", execute: false });
    expect(exit?.kind === "setup-failed" && exit.step).toMatch(/^open source \/no\/such\/folder \(step \d+ of \d+\)$/);
  });

  test("a working folder that does not exist is named", () => {
    expect(sh("true", { policy: { cwd: "/nowhere" } }).exit).toMatchObject({ kind: "setup-failed", code: "ENOENT" });
  });

  test("a program that cannot be executed is told apart from one that exits with 127", () => {
    expect(sandbox(["/no/such/program"]).exit).toMatchObject({ kind: "setup-failed", code: "ENOENT", execute: true });
    expect(sandbox(["no-such-program"]).exit).toMatchObject({ kind: "setup-failed", code: "ENOENT", execute: true });
    expect(sandbox(["/etc/passwd"]).exit).toMatchObject({ kind: "setup-failed", code: "EACCES", execute: true });
    expect(sh("exit 127").exit).toEqual({ kind: "exited", code: 127 });
  });

  test("a program is found along PATH", () => {
    expect(sandbox(["true"]).exit).toEqual({ kind: "exited", code: 0 });
  });

  test("too long a list of arguments is E2BIG and nothing worse", () => {
    expect(sandbox(["/bin/true", "x".repeat(3_000_000)]).exit).toMatchObject({ kind: "setup-failed", code: "E2BIG" });
  });
});
