// Tests that need a sandbox: skipped with the reason where this machine has none, failed instead with REQUIRE_KERNEL=1.
import { describe } from "bun:test";
import { probe } from "hutch";

const { canEnforceDefault, controls } = probe();
const lacks = controls.filter(({ state }) => state === "unavailable").map(({ name, why }) => `${name} (${why})`);
const skipped = !canEnforceDefault && process.env.REQUIRE_KERNEL !== "1";

export function describeInSandbox(title: string, tests: () => void): void {
  if (skipped) describe.skip(`${title}: this machine lacks ${lacks.join(", ")}`, tests);
  else describe(title, tests);
}
