// A profile that confines Bun. AppArmor 4 and Linux 6.7 brought the rule `userns`, without which no user namespace is made.
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expectRefused, expectWorking } from "../expect-sandbox.ts";
import { asOwner, sandboxCli } from "../sandbox-cli.ts";

const PARSER = "/guest/parser";
const FEATURE = "/sys/kernel/security/apparmor/features/namespaces/mask";
const NAME = "hutch-bun";
/** What every program needs. */
const ORDINARY = ["file", "network"];

function load(rules: readonly string[], flags = ""): void {
  const file = `/tmp/${NAME}`;
  const body = rules.map((rule) => `  ${rule},\n`).join("");
  writeFileSync(file, `abi <abi/4.0>,\nprofile ${NAME} ${process.execPath} ${flags} {\n${body}}\n`);
  parser("--replace", file);
}

function parser(...args: readonly string[]): void {
  const loader = `${PARSER}/lib/ld-linux-x86-64.so.2 --library-path ${PARSER}/lib`;
  asOwner(`${loader} ${PARSER}/apparmor_parser --skip-cache --base ${PARSER} ${args.join(" ")}`);
}

const mediates = existsSync(FEATURE) && readFileSync(FEATURE, "utf8").includes("userns_create");
const lacks = !existsSync(PARSER) ? "no parser that knows the rule" : mediates ? "" : "this kernel does not mediate it";

describe.skipIf(lacks !== "")(`a profile without the rule userns${lacks === "" ? "" : ` (${lacks})`}`, () => {
  afterEach(() => parser("--remove", `/tmp/${NAME}`));

  test("is named, and its profile as advised gives a sandbox", () => {
    load(ORDINARY);
    const { fixes } = expectRefused("user", "user-namespace", "EACCES");
    const [, name, flags, rules] =
      /^in the AppArmor profile "(.+)": (flags=\S+), and the rules (.+),$/.exec(fixes[0] ?? "") ?? [];
    expect(name).toBe(NAME);
    load([...ORDINARY, ...(rules?.split(", ") ?? [])], flags);
    expectWorking("user");
    writeFileSync("/tmp/double.ts", "export default (n: number) => 2 * n;");
    expect(sandboxCli("user", "exec", "/tmp/double.ts", "--input", "21")).toMatchObject({ status: 0, stdout: "42\n" });
    const slow = sandboxCli("user", "run", "--wall", "1s", "--", "/bin/sh", "-c", "trap '' TERM; while :; do :; done");
    expect(slow.stderr).toContain("wall-limit");
  });

  test("every rule without the flag is still named: init has no path that a rule could give", () => {
    load([...ORDINARY, "userns", "capability", "mount", "umount", "pivot_root", "signal", "ptrace"]);
    const { fixes } = expectRefused("user", "init", "EACCES");
    expect(fixes).toEqual([expect.stringContaining(`"${NAME}": flags=(attach_disconnected)`)]);
  });
});
