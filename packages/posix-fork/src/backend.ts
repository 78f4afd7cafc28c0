// posix-fork as core's Backend. There is nothing to probe: every system has what it uses, and what it lacks no plan asks for.
import type { Backend } from "@hutch/core";
import { planLaunch } from "./plan.ts";

/** Fork, a session, resource limits. The plain fallback, taken only when it is named. */
export const posixFork: Backend = {
  name: "posix-fork",
  probe: () => ({ missing: [] }),
  plan: (request) => planLaunch(request),
};
