// What is wrong with a policy and can be known before anything is started. What only the kernel knows: policy-failure.ts.
import type { Policy } from "@hutch/core";
import { checkPolicy as checkRoot } from "@hutch/linux-clone";
import { checkPolicy as checkPlain } from "@hutch/posix-fork";
import { checkAnswers } from "./check-answers.ts";
import { checkSources } from "./check-sources.ts";

/**
 * @throws TypeError that names the entry or the option and says what to do; HostError POLICY_NOT_APPLICABLE for a source that
 * does not answer
 */
export function checkPolicy(policy: Policy, use: "command" | "pool"): void {
  if (policy.ids === "range" && use === "pool")
    throw new TypeError('Cannot use policy.ids = "range": jobs of a pool have one user; use run()');
  checkAnswers(policy);
  checkSources(policy);
  if (policy.backend === "posix-fork") checkPlain(policy);
  else checkRoot(policy, use);
}
