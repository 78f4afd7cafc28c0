// Tests that need a sandbox: skipped with the reason where this machine has none, failed instead with REQUIRE_KERNEL=1.
import { describe, test } from "bun:test";
import { probe } from "../../src/probe/probe.ts";

const { missing } = probe();
const lacks = missing.map((control) => `${control.name} (${control.why})`).join(", ");
const skipped = missing.length > 0 && process.env["REQUIRE_KERNEL"] !== "1";

export function describeInSandbox(title: string, tests: () => void): void {
  if (skipped) describe.skip(`${title}: this machine lacks ${lacks}`, tests);
  else describe(title, tests);
}

/** For what only root of the machine, or only somebody else, can see. */
export function testIf(condition: boolean, why: string): (title: string, body: () => void | Promise<void>) => void {
  return (title, body) => (condition ? test(title, body) : test.skip(`${title} (${why})`, body));
}
