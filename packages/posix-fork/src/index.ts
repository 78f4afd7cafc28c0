// The plain backend: POSIX calls only. It limits and ends a job; it isolates nothing. Exports only.
export { posixFork } from "./backend.ts";
export { checkPolicy } from "./check-policy.ts";
export { planLaunch } from "./plan.ts";
