import { describe, expect, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { limitsOf, policyOf } from "../src/job-flags.ts";
import { parseFlags } from "../src/parse-flags.ts";
import { UsageError } from "../src/usage-error.ts";

const flags = (...args: string[]) => parseFlags("run", [...args, "--", "true"]);
const policy = (...args: string[]) => policyOf(flags(...args), tmpdir());

describe("limitsOf", () => {
  test("turns units into hutch's", () => {
    expect(
      limitsOf(flags("--cpu", "2s", "--wall", "1m", "--memory", "64MiB", "--pids", "8", "--output", "1KB")),
    ).toEqual({
      cpuMs: 2000,
      wallMs: 60_000,
      memoryBytes: 64 * 2 ** 20,
      processes: 8,
      outputBytes: 1000,
    });
  });

  test("leaves out what was not given, so that the defaults apply", () => {
    expect(limitsOf(flags())).toEqual({});
  });

  test.each([
    ["--memory", "1KiB", "--memory 1KiB: expected at least 4 MiB"],
    ["--memory", "2000GiB", "--memory 2000GiB: expected at most 1024 GiB"],
    ["--cpu", "1441m", "--cpu 1441m: expected at most 86400 s"],
    ["--pids", "1000001", "--pids 1000001: expected at most 1000000"],
  ])("%s %s is out of range, and the message has the bound", (name, value, message) => {
    expect(() => limitsOf(flags(name, value))).toThrow(new UsageError(message));
  });

  test("refuses every limit without a unit, with a wrong one, of zero or below", () => {
    for (const name of ["--cpu", "--wall", "--memory", "--output"]) {
      for (const value of ["1", "0", "-1", "NaN", "1h", "1TB", "0s", "0MiB"]) {
        expect(() => limitsOf(flags(`${name}=${value}`))).toThrow(UsageError);
      }
    }
    for (const value of ["0", "-1", "1.5", "NaN", "1KiB"])
      expect(() => limitsOf(flags(`--pids=${value}`))).toThrow(UsageError);
  });
});

describe("--seccomp", () => {
  test("is a name, or a file with a profile", () => {
    expect(policy("--seccomp", "off").syscalls).toBe("off");
    expect(policy("--seccomp", "default").syscalls).toBe("default");
    const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
    const file = join(folder, "profile.json");
    try {
      writeFileSync(file, '{"defaultAction": "SCMP_ACT_ALLOW"}');
      expect(policy("--seccomp", file).syscalls).toEqual({ defaultAction: "SCMP_ACT_ALLOW" });
      writeFileSync(file, '{"defaultAction": "ALLOW"}');
      expect(() => policy("--seccomp", file)).toThrow(`--seccomp ${file}: Cannot use policy.syscalls.defaultAction`);
      writeFileSync(file, "{");
      expect(() => policy("--seccomp", file)).toThrow(UsageError);
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(() => policy("--seccomp", "no-such-file")).toThrow(
      "--seccomp no-such-file: expected default, off, or a file, and there is no such file",
    );
  });
});

describe("policyOf", () => {
  test("is empty without options", () => {
    expect(policy()).toEqual({});
  });

  test("keeps the order of files: later ones lie over earlier ones", () => {
    expect(policy("--tmpfs", "/data:1MiB", "--ro", "/usr:/data/usr", "--rw", ".", "--tmpfs", "/scratch").files).toEqual(
      [
        { kind: "tmpfs", path: "/data", sizeBytes: 2 ** 20 },
        { kind: "read-only", source: "/usr", path: "/data/usr" },
        { kind: "read-write", source: tmpdir(), path: tmpdir() },
        { kind: "tmpfs", path: "/scratch" },
      ],
    );
  });

  test("takes the rest", () => {
    expect(
      policy(
        "--cwd",
        "/usr",
        "--env",
        "A=1",
        "--env",
        "B=x=y",
        "--env",
        "C=",
        "--net",
        "host",
        "--ids",
        "range",
        "--backend",
        "posix-fork",
      ),
    ).toEqual({
      cwd: "/usr",
      env: { A: "1", B: "x=y", C: "" },
      network: "host",
      ids: "range",
      backend: "posix-fork",
    });
  });

  test("takes --best-effort with commas and repeated", () => {
    expect(policy("--best-effort", "landlock,seccomp", "--best-effort", "init").bestEffort).toEqual([
      "landlock",
      "seccomp",
      "init",
    ]);
  });

  test.each([
    [["--ids", "all"], "--ids all: expected one of one, range"],
    [["--unix-sockets", "none"], "--unix-sockets none: expected one of all, pairs"],
    [["--net", "all"], "--net all: expected one of none, host"],
    [["--backend", "docker"], "--backend docker: expected one of auto, linux-clone, posix-fork"],
    [["--best-effort", "landlok"], "--best-effort landlok: there is no such control; did you mean landlock?"],
    [["--best-effort", "landlock,"], "--best-effort : there is no such control"],
    [["--ro", "nowhere"], `--ro nowhere: "${join(tmpdir(), "nowhere")}" does not exist`],
    [["--rw", "/usr:relative"], '--rw /usr:relative: expected an absolute path inside the sandbox, without ".."'],
    [["--ro", "/usr:/a/../b"], '--ro /usr:/a/../b: expected an absolute path inside the sandbox, without ".."'],
    [["--ro", "/usr:"], "--ro /usr:: expected PATH or PATH:DEST, and no other colon"],
    [["--ro", ":/usr"], "--ro :/usr: expected PATH or PATH:DEST, and no other colon"],
    [["--ro", "/usr:/a:/b"], "--ro /usr:/a:/b: expected PATH or PATH:DEST, and no other colon"],
    [["--tmpfs", "/a:1"], "--tmpfs /a:1: expected a size with a unit, such as 256MiB (KiB, MiB, GiB, KB, MB, GB, B)"],
    [["--tmpfs", "/a:1B"], "--tmpfs /a:1B: expected at least 4 KiB"],
    [["--tmpfs", "a"], '--tmpfs a: expected an absolute path inside the sandbox, without ".."'],
    [["--cwd", "src"], '--cwd src: expected an absolute path inside the sandbox, without ".."'],
    [["--env", "A"], "--env A: expected NAME=VALUE"],
    [["--env", "=A"], "--env =A: expected NAME=VALUE"],
  ])("%j: %s", (args, message) => {
    expect(() => policy(...args)).toThrow(new UsageError(message));
  });

  test("--policy is what the other options lie over: a preset, or a file with its paths", () => {
    expect(policy("--policy", "agent", "--env", "A=1")).toEqual({ extends: "agent", env: { A: "1" } });
    const file = join(mkdtempSync(join(tmpdir(), "hutch-test-")), "strict");
    try {
      writeFileSync(file, JSON.stringify({ files: [{ kind: "read-only", source: "x", path: "/x" }], network: "host" }));
      expect(policy("--policy", file, "--net", "none")).toEqual({
        extends: {
          files: [{ kind: "read-only", source: join(dirname(realpathSync(file)), "x"), path: "/x" }],
          network: "host",
        },
        network: "none",
      });
      writeFileSync(file, '{"netwrk":"none"}');
      expect(() => policy("--policy", file)).toThrow(/--policy .*strict: .*did you mean "network"\?/);
      expect(() => policy("--policy", "strct")).toThrow(UsageError);
    } finally {
      rmSync(dirname(file), { recursive: true });
    }
  });

  test("--overlay, --rootfs and --terminal", () => {
    expect(policy("--overlay", `${tmpdir()}:/work`, "--rootfs", tmpdir(), "--terminal")).toEqual({
      files: [{ kind: "overlay", source: tmpdir(), path: "/work" }],
      root: tmpdir(),
      terminal: true,
    });
    expect(() => policy("--rootfs", "/no/such")).toThrow('--rootfs /no/such: "/no/such" does not exist');
    expect(() => policy("--overlay", "/no/such")).toThrow("does not exist");
  });
});
