// Runs a command that nobody trusts. It sees no file of yours, has no network, and stops at its limits.
//   bun install && bun --conditions=hutch-source examples/command.ts
// That is in a clone; "bun" is "npx --yes bun@1.4.5" where it is not installed.
import { run } from "hutch";

const result = await run(["/bin/sh", "-c", "echo $((6 * 7)); id -u; ls /"], {
  limits: { cpuMs: 1_000, memoryBytes: 64 * 2 ** 20 },
});
console.log(result.text());

// A job's end is data: a verdict that says what happened and whose fault it was. Nothing is thrown for it.
const failed = await run(["/bin/sh", "-c", "echo oops >&2; exit 3"]);
console.log(failed.verdict.status, failed.exitCode, failed.text("stderr").trim());

// orThrow() makes an error of every end but a good one.
try {
  failed.orThrow();
} catch (error) {
  console.log(String(error));
}

// stdin is text, bytes, a stream, or { inherit: true }.
const sorted = await run(["sort"], { stdin: "pear\napple\n", limits: { processes: 1 } });
console.log(sorted.text().trim().split("\n").join(", "));

const { usage, isolation } = sorted.report;
const enforced = isolation.controls.filter((control) => control.state === "enforced").length;
console.log(
  `${usage.cpuMs.toFixed(1)} ms of CPU time, ${(usage.peakMemoryBytes / 2 ** 20).toFixed(1)} MiB, ${enforced} controls enforced`,
);
