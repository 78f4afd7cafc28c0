// Runs `true`, by default and then with every missing control as best effort, and tells what came of it.
import { type ControlName, probe, run, SandboxRefusedError } from "../../../src/index.ts";

interface Told {
  readonly name: string;
  readonly message: string;
  readonly hints: readonly string[];
  readonly missing: readonly string[];
}

async function attempt(bestEffort: readonly ControlName[]): Promise<Told> {
  try {
    const { verdict, report } = await run(["true"], { policy: { bestEffort } });
    const missing = report.isolation.controls.filter(({ state }) => state === "unavailable").map(({ name }) => name);
    return { name: verdict.status, message: verdict.reason, hints: [], missing };
  } catch (error) {
    const { name, message, hints = [] } = error as Told;
    const missing = error instanceof SandboxRefusedError ? error.missing.map((control) => control.name) : [];
    return { name, message, hints, missing };
  }
}

const byDefault = await attempt([]);
let names: readonly ControlName[] = [];
try {
  names = probe()
    .controls.filter(({ state }) => state === "unavailable")
    .map(({ name }) => name);
} catch {
  // Without init there is no machine to ask.
  names = byDefault.missing as ControlName[];
}
const bestEffort = names.length === 0 ? null : await attempt(names);
console.log(JSON.stringify({ byDefault, probed: names, bestEffort }));
