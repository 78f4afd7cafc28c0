// Whether the default sandbox can be enforced here. REQUIRE_KERNEL=1 turns a skip into a failure.
import { probe } from "hutch";

export function canRun(): boolean {
  if (process.env.REQUIRE_KERNEL === "1") return true;
  try {
    return probe().canEnforceDefault;
  } catch (error) {
    console.warn(`the sandbox cannot be enforced here: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
