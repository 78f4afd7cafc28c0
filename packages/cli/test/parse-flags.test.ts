import { describe, expect, test } from "bun:test";
import { COMMAND_NAMES, COMMANDS } from "../src/option-table.ts";
import { parseFlags } from "../src/parse-flags.ts";
import { UsageError } from "../src/usage-error.ts";

describe("parseFlags", () => {
  test("leaves everything after -- untouched, also what looks like options of ours", () => {
    const flags = parseFlags("run", ["--cpu", "2s", "--", "tar", "--help", "--", "-x", ""]);
    expect(flags.rest).toEqual(["tar", "--help", "--", "-x", ""]);
    expect(flags.value("cpu")).toBe("2s");
    expect(flags.has("help")).toBe(false);
  });

  test("takes the value from the same or the next argument, and the last one wins", () => {
    const flags = parseFlags("run", ["--cpu=1s", "--cpu", "2s", "--env=A=B", "--", "true"]);
    expect(flags.value("cpu")).toBe("2s");
    expect(flags.value("env")).toBe("A=B");
  });

  test("keeps the order across options", () => {
    const flags = parseFlags("run", ["--ro", "/a", "--tmpfs", "/b", "--ro", "/c", "--", "true"]);
    expect(flags.given.map(({ name, value }) => `${name} ${value}`)).toEqual(["ro /a", "tmpfs /b", "ro /c"]);
  });

  test("takes short options", () => {
    const flags = parseFlags("prepare", ["a.wasm", "-o", "a.hutch", "-q"]);
    expect(flags.value("out")).toBe("a.hutch");
    expect(flags.has("quiet")).toBe(true);
    expect(flags.operands).toEqual(["a.wasm"]);
  });

  test("lets --help stand for what is missing", () => {
    for (const name of COMMAND_NAMES) expect(parseFlags(name, ["--help"]).has("help")).toBe(true);
  });

  test.each([
    ["run", ["true"], 'unexpected argument "true"'],
    ["run", ["python3", "--version"], 'unexpected argument "python3"'],
    ["run", ["true", "--", "false"], 'unexpected argument "true"'],
    ["run", [], "-- and COMMAND are missing"],
    ["run", ["--"], "COMMAND is missing after --"],
    ["run", ["--mem", "1MiB", "--", "true"], "unknown option --mem; did you mean --memory?"],
    ["run", ["--memroy=1MiB", "--", "true"], "unknown option --memroy; did you mean --memory?"],
    ["run", ["-z", "--", "true"], "unknown option -z"],
    ["run", ["--quiet=yes", "--", "true"], "--quiet takes no value"],
    ["run", ["--report"], "--report: expected FILE"],
    ["run", ["--report=", "--", "true"], "--report: expected FILE"],
    ["run", ["--memory", "--", "true"], "--memory: expected SIZE"],
    ["run", ["--env", "--", "true"], "--env: expected NAME=VALUE"],
    ["prepare", ["a.wasm", "-o", "--"], "-o: expected ARTIFACT"],
    ["run", ["--export", "x", "--", "true"], "unknown option --export; did you mean --report?"],
    ["run", ["--toString", "--", "true"], "unknown option --toString"],
    ["run", ["--__proto__", "--", "true"], "unknown option --__proto__"],
    ["exec", [], "FILE is missing"],
    ["exec", ["a.ts", "b.ts"], 'unexpected argument "b.ts"'],
    ["prepare", ["-o", "x"], "FILE.wasm is missing"],
    ["prepare", ["a.wasm", "--", "b"], 'unexpected argument "b"'],
    ["doctor", ["now"], 'unexpected argument "now"'],
    ["explain", ["--report", "x", "--", "true"], "unknown option --report"],
  ] as const)("%s %j is a usage error: %s", (command, args, message) => {
    expect(() => parseFlags(command, args)).toThrow(new UsageError(message));
  });
});

test("every command has a usage line, a summary, --help and examples", () => {
  for (const name of COMMAND_NAMES) {
    const { usage, summary, options, examples } = COMMANDS[name];
    expect(usage).toStartWith(`sandbox-cli ${name}`);
    expect(summary).not.toBe("");
    expect(options.map((option) => option.name)).toContain("help");
    expect(examples.length).toBeGreaterThan(0);
    expect(new Set(options.map((option) => option.name)).size).toBe(options.length);
  }
});
