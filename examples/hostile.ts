// Programs that mean harm, and what becomes of them.
//   bun install && bun --conditions=hutch-source examples/hostile.ts
// That is in a clone; "bun" is "npx --yes bun@1.4.5" where it is not installed.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Limits, run } from "hutch";
import { findInterpreter } from "./demo/interpreter.ts";

const MiB = 2 ** 20;
const LIMITS: Partial<Limits> = {
  cpuMs: 500,
  // To spare, so that what computes meets its CPU limit also on a busy machine.
  wallMs: 20_000,
  memoryBytes: 64 * MiB,
  diskBytes: 8 * MiB,
  processes: 32,
  outputBytes: MiB,
};

const thisFile = fileURLToPath(import.meta.url);
const { connectOut } = findInterpreter();
const sh = (script: string): readonly string[] => ["/bin/sh", "-c", script];

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  "computes forever": sh("while :; do :; done"),
  "sleeps forever": sh("sleep 1000"),
  "eats memory": sh("x=x; while :; do x=$x$x; done"),
  "fork bomb": sh("bomb() { bomb & bomb; }; bomb"),
  "floods its output": sh("yes"),
  "leaves a process": sh("(while :; do :; done) & exit 0"),
  "fills the disk": sh("cat /dev/zero > /tmp/one; cat /dev/zero > /tmp/two"),
  "reads /etc/shadow": sh("cat /etc/shadow"),
  "reads a file of yours": sh(`cat '${thisFile}'`),
  "writes to /usr/bin": sh("echo bad > /usr/bin/true"),
  ...(connectOut === null ? {} : { "connects out": connectOut }),
  "kills everything": sh("kill -9 -1"),
  "ends by a signal": sh("kill -SEGV $$"),
  "becomes root": sh("exec unshare --user --map-root-user id"),
  "counts processes": sh("ls -d /proc/[0-9]* | wc -l"),
};

for (const [name, argv] of Object.entries(PROGRAMS)) {
  const limits = name === "sleeps forever" ? { ...LIMITS, wallMs: 1_000 } : LIMITS;
  const result = await run(argv, { limits });
  const { status, reason } = result.verdict;
  console.log(`${name.padEnd(22)} ${status.padEnd(14)} ${reason}`);
  const said = (result.text("stderr") || result.text()).trim().split("\n").at(-1) ?? "";
  if (status === "failed" || status === "ok") console.log(`${" ".repeat(22)} it said: ${said.slice(0, 90)}`);
}

// This machine is as it was.
if (readFileSync(thisFile, "utf8").includes("kills everything"))
  console.log("\nThis process is alive and its files are untouched.");
