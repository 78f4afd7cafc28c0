// sandbox-cli bench: starts the bench, which is a package of its own because of what it brings along.
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { signalStatus } from "../exit-status.ts";
import { UsageError } from "../usage-error.ts";

const PACKAGE = "@hutch/bench";

/** @returns the exit status of the bench */
export async function benchCommand(args: readonly string[]): Promise<number> {
  const child = Bun.spawn([process.execPath, locateBench(), ...args], { stdio: ["inherit", "inherit", "inherit"] });
  // A terminal's Ctrl-C reaches the bench too, which ends in its own way; what is sent to us alone is passed on.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  const status = await child.exited;
  return child.signalCode === null ? status : signalStatus(String(child.signalCode));
}

/**
 * Looked for beside this program only: a folder that somebody stands in must not decide what runs outside of a sandbox.
 * @throws UsageError that says how to install it
 */
function locateBench(): string {
  try {
    const manifest = Bun.resolveSync(`${PACKAGE}/package.json`, dirname(realpathSync(Bun.main)));
    return join(dirname(manifest), "src", "main.ts");
  } catch {
    throw new UsageError("the bench is not installed beside this sandbox-cli", [
      `in a project: bun add --dev sandbox-cli ${PACKAGE}, then bunx sandbox-cli bench`,
      `without one: bunx --bun ${PACKAGE}`,
    ]);
  }
}
