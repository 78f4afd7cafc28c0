import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Report, ReportSchema } from "hutch";
import { cliCommand, spawnCli } from "../spawn-cli.ts";
import { describeInSandbox } from "./need-sandbox.ts";

const sh = (script: string, ...options: string[]): string[] => ["run", ...options, "--", "sh", "-c", script];
/** On a busy machine a job gets to its other limits late. */
const PATIENT = ["--wall", "60s"] as const;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sandbox-cli-run-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function readReport(path: string): Promise<Report> {
  const result = await ReportSchema["~standard"].validate(JSON.parse(readFileSync(path, "utf8")));
  if (result.issues !== undefined) throw new Error(`Cannot use the report: ${JSON.stringify(result.issues[0])}`);
  return result.value;
}

describeInSandbox("the exit status of sandbox-cli run", () => {
  test.each([
    ["the job's own 0", sh("exit 0"), 0, ""],
    ["the job's own 7", sh("exit 7"), 7, "failed: it exited with 7"],
    ["the job's own 124", sh("exit 124"), 124, "failed: it exited with 124"],
    ["124 for CPU time", sh("while :; do :; done", "--cpu", "100ms", ...PATIENT), 124, "cpu-limit: it used "],
    [
      "124 for CPU time of many",
      sh("for i in 1 2 3; do (while :; do :; done) & done; wait", "--cpu", "150ms", ...PATIENT),
      124,
      "cpu-limit: ",
    ],
    ["124 for wall time", sh("sleep 20", "--wall", "200ms"), 124, "wall-limit: it ran for "],
    [
      "137 for memory",
      ["run", "--memory", "32MiB", "--cpu", "5s", ...PATIENT, "--", "tail", "/dev/zero"],
      137,
      "memory-limit: ",
    ],
    ["137 for output", ["run", "--output", "64KiB", "--", "yes"], 137, "output-limit: it sent more than 65536 bytes"],
    ["139 for SIGSEGV", sh("kill -SEGV $$"), 139, "signaled: it ended by SIGSEGV"],
    ["143 for SIGTERM", sh("kill -TERM $$"), 143, "signaled: it ended by SIGTERM"],
    ["137 for SIGKILL", sh("kill -KILL $$"), 137, "signaled: it ended by SIGKILL"],
    ["126 for a folder", ["run", "--", "/usr"], 126, 'failed: "/usr" is there and could not be executed: EACCES'],
    [
      "126 for a file that is not executable",
      ["run", "--", "/etc/passwd"],
      126,
      'failed: "/etc/passwd" is there and could not be executed: EACCES',
    ],
    [
      "127 for nothing there",
      ["run", "--", "no-such-command"],
      127,
      'failed: "no-such-command" or its interpreter was not found inside the sandbox',
    ],
    [
      "127 for no such path",
      ["run", "--", "/no/such/command"],
      127,
      'failed: "/no/such/command" or its interpreter was not found',
    ],
  ])("is %s", async (_title, args, expected, line) => {
    const { status, stderr } = await spawnCli(args);
    const last = stderr.trimEnd().split("\n").at(-1) ?? "";
    expect(last).toStartWith(line === "" ? "" : `sandbox-cli: ${line}`);
    expect(status).toBe(expected);
    expect(stderr).not.toContain("    at ");
  });

  test("is 127 for a program of the current folder, until it gets what the hint and the help say", async () => {
    const work = mkdtempSync(join(folder, "program-"));
    chmodSync(folder, 0o755);
    chmodSync(work, 0o755);
    writeFileSync(join(work, "program"), "#!/bin/sh\ntouch made && echo ran\n", { mode: 0o755 });
    const bare = await spawnCli(["run", "--", "./program"], { cwd: work });
    expect(bare.status).toBe(127);
    expect(bare.stderr).toEndWith('  for example: --ro . --cwd "$PWD" -- ./program\n');
    const overlaid = await spawnCli(["run", "--overlay", ".", "--cwd", work, "--", "./program"], { cwd: work });
    expect(overlaid).toEqual({ status: 0, stdout: "ran\n", stderr: "" });
    const readOnly = await spawnCli(["run", "--ro", ".", "--cwd", work, "--", "./program"], { cwd: work });
    expect(readOnly.stderr).toContain("Read-only file system");
    expect(readdirSync(work)).toEqual(["program"]);
  });

  test("is 137 for processes where a cgroup counts the refusals, and the job's own where only the job sees them", async () => {
    const { cgroups } = JSON.parse((await spawnCli(["doctor", "--json"])).stdout);
    const { status, stderr } = await spawnCli(sh("for i in 1 2 3 4 5 6 7 8 9; do sleep 60 & done", "--pids", "4"));
    const counted = !cgroups.startsWith("none");
    expect(stderr).toContain(counted ? "sandbox-cli: process-limit: " : "sandbox-cli: failed: it exited with 2");
    expect(status).toBe(counted ? 137 : 2);
  });

  test("says nothing about a job that ended well, and nothing at all with --quiet", async () => {
    expect(await spawnCli(sh("echo out; echo err >&2"))).toEqual({ status: 0, stdout: "out\n", stderr: "err\n" });
    expect(await spawnCli(sh("exit 3", "--quiet"))).toEqual({ status: 3, stdout: "", stderr: "" });
  });

  test("is 125 when the report could not be written at the end", async () => {
    const { status, stderr } = await spawnCli(["run", "--report", "/dev/full", "--", "true"]);
    expect(stderr).toBe('sandbox-cli: Cannot write the report "/dev/full": no space is left\n');
    expect(status).toBe(125);
  });
});

describeInSandbox("the streams of sandbox-cli run", () => {
  test("carry 10 MB of stdin from a pipe", async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(65_536));
    const stdin = new Blob(Array.from({ length: 160 }, () => bytes));
    const { status, stdout } = await spawnCli(["run", "--", "wc", "-c"], { stdin });
    expect({ status, stdout: stdout.trim() }).toEqual({ status: 0, stdout: String(160 * 65_536) });
  });

  test("leave bytes untouched, both ways", async () => {
    const bytes = Uint8Array.from({ length: 4096 }, (_, index) => index % 256);
    const child = Bun.spawn(cliCommand(["run", "--", "cat"]), { stdin: bytes, stdout: "pipe", stderr: "inherit" });
    expect(await child.stdout.bytes()).toEqual(bytes);
    expect(await child.exited).toBe(0);
  });

  test("pass output on as it comes", async () => {
    const child = Bun.spawn(cliCommand(sh("printf first; read _; printf second", ...PATIENT)), {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    const reader = child.stdout.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("first");
    child.stdin.write("seen\n");
    await child.stdin.end();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("second");
    expect(await child.exited).toBe(0);
  });

  test("give the content of a file, and no way to write to that file", async () => {
    const path = join(folder, "input");
    writeFileSync(path, "precious\n");
    const child = Bun.spawn(cliCommand(sh("cat; echo gone > /proc/self/fd/0")), {
      stdin: Bun.file(path),
      stdout: "pipe",
      stderr: "ignore",
    });
    expect(await child.stdout.text()).toBe("precious\n");
    await child.exited;
    expect(readFileSync(path, "utf8")).toBe("precious\n");
  });

  test("end the job when nobody reads stdout any more, quietly", async () => {
    const child = Bun.spawn(cliCommand(["run", "--output", "1GiB", "--cpu", "20s", ...PATIENT, "--", "yes"]), {
      stdout: "pipe",
      stderr: "pipe",
    });
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
    expect(await child.exited).toBe(141);
    expect(await child.stderr.text()).toBe("");
  });

  test("say when stdout cannot take what the job sends", async () => {
    const child = Bun.spawn(cliCommand(["run", "--", "echo", "hello"]), {
      stdin: "ignore",
      stdout: Bun.file("/dev/full"),
      stderr: "pipe",
    });
    expect(await child.stderr.text()).toBe("sandbox-cli: Cannot write to stdout: no space is left\n");
    expect(await child.exited).toBe(125);
  });

  test("do not wait for a stdin that says nothing", async () => {
    const child = Bun.spawn(cliCommand(["run", "--", "true"]), { stdin: "pipe", stdout: "ignore", stderr: "inherit" });
    expect(await child.exited).toBe(0);
    child.stdin.end();
  });

  test("keep the limits while a reader makes us wait", async () => {
    const job = "head -c 1000000 /dev/zero; sleep 60";
    const seen: string[] = [];
    // On a machine that stands still the job may come to its limit before it has written everything: a longer one shows the same.
    for (const [wall, asleep] of [
      ["1000ms", 2],
      ["8s", 10],
    ]) {
      const program = `("$@"; echo "$?" >&2) | (sleep ${asleep}; wc -c)`;
      const child = Bun.spawn(
        ["sh", "-c", program, "sh", ...cliCommand(["run", "--wall", `${wall}`, "--", "sh", "-c", job])],
        {
          stdout: "pipe",
          stderr: "pipe",
        },
      );
      const count = (await child.stdout.text()).trim();
      expect((await child.stderr.text()).trim().split("\n").at(-1)).toBe("124");
      seen.push(count);
      if (count === "1000000") break;
    }
    expect(seen.at(-1)).toBe("1000000");
  });
});

describeInSandbox("a signal to sandbox-cli run", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s ends the job, and us with %d", async (signal, expected) => {
    const report = join(folder, `${signal}.json`);
    const seconds = `${600 + Math.random()}`;
    const child = Bun.spawn(cliCommand(sh(`echo started; sleep ${seconds}`, ...PATIENT, "--report", report)), {
      stdout: "pipe",
      stderr: "pipe",
    });
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill(signal);
    expect(await child.exited).toBe(expected);
    expect(await child.stderr.text()).toBe("");
    expect(readdirSync(folder).filter((name) => name.includes(signal))).toEqual([]);
    while (commandLines().some((line) => line.includes(seconds))) await Bun.sleep(10);
  });
});

function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8")];
      } catch (error) {
        // It ended while we looked.
        if (["ENOENT", "ESRCH"].includes((error as { code: string }).code)) return [];
        throw error;
      }
    });
}

describeInSandbox("--report", () => {
  test("has one JSON object that follows the shipped schema", async () => {
    const path = join(folder, "ok.json");
    await spawnCli(["run", "--report", path, "--cpu", "1s", "--memory", "64MiB", "--", "echo", "hello"]);
    const report = await readReport(path);
    expect(report).toMatchObject({ version: 1, status: "ok", blame: "none", exitCode: 0, signal: null });
    expect(report.limits).toMatchObject({ cpuMs: 1000, wallMs: 4000, memoryBytes: 64 * 2 ** 20 });
    expect(report.usage.outputBytes).toBe(6);
    expect(report.isolation.start).toBe("exec");
  });

  test("is written for a job that hit a limit, too", async () => {
    const path = join(folder, "limit.json");
    const { status } = await spawnCli(sh("while :; do :; done", "--cpu", "100ms", "--report", path, ...PATIENT));
    expect(status).toBe(124);
    const report = await readReport(path);
    expect(report).toMatchObject({ status: "cpu-limit", blame: "job" });
    expect(report.usage.cpuMs).toBeGreaterThanOrEqual(100);
  });
});

describeInSandbox("colours", () => {
  test.each([
    [{}, false],
    [{ FORCE_COLOR: "1" }, true],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false],
  ] as const)("%j into a pipe: %p", async (env, coloured) => {
    const { stderr } = await spawnCli(sh("exit 1"), { env });
    expect(stderr.includes("\u001b[")).toBe(coloured);
  });

  test("a job can not send escape sequences by way of our verdict line", async () => {
    const { stderr } = await spawnCli(["run", "--", "no\u001b[31msuch"]);
    expect(stderr).not.toContain("\u001b");
  });
});
