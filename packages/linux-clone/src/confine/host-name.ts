// The names that uname shows: the policy's, and nothing of the host's.
import type { Step } from "@hutch/core";
import type { PlanContext } from "../plan-context.ts";
import { step, text } from "../step.ts";
import { wanted } from "./namespaces.ts";

const NO_DOMAIN = "(none)";

/** A job of a pool finds the pool's names. */
export function planHostName(context: PlanContext): Step[] {
  const { policy, root } = context.request;
  if (root === "inherit" || !wanted(context, "uts-namespace")) return [];
  const bytes = new TextEncoder().encode(policy.hostname).byteLength;
  return [
    step("set host name", "sethostname", [text(policy.hostname), bytes], "the host's name tells the job where it is", {
      detail: policy.hostname,
    }),
    step("set host name", "setdomainname", [text(NO_DOMAIN), NO_DOMAIN.length], "so does the domain", {
      detail: NO_DOMAIN,
    }),
  ];
}
