// A step of the setup that the caller's policy asked for and the kernel refused: an error to mend, never a job's verdict.
import { describeStandstill, type Exit, HostError, type LaunchPlan, planSteps } from "@hutch/core";

/** @throws HostError POLICY_NOT_APPLICABLE that names step, path and errno */
export function throwPolicyFailure(exit: Exit): void {
  if (exit.kind !== "setup-failed" || exit.ofPolicy !== true) return;
  throw new HostError("POLICY_NOT_APPLICABLE", `Cannot apply the policy: ${exit.step}: ${exit.code}`, {
    hints: [hintFor(exit.code)],
  });
}

const STANDSTILL_HINT =
  "Something that the launch needs does not answer: a file system (FUSE, NFS), a frozen cgroup, or a signal stopped it";

/** @throws HostError for a launch that was ended at this step: of the policy's POLICY_NOT_APPLICABLE, else HOST_FAILURE */
export function throwStandstill(plan: LaunchPlan, index: number): never {
  const ofPolicy = planSteps(plan)[index]?.ofPolicy === true;
  throw new HostError(
    ofPolicy ? "POLICY_NOT_APPLICABLE" : "HOST_FAILURE",
    `Cannot launch the job: ${describeStandstill(plan, index)}`,
    { hints: [STANDSTILL_HINT] },
  );
}

function hintFor(code: string): string {
  switch (code) {
    case "EROFS":
      return "A folder that the policy shows read-only takes no new names: make it in the source, or choose another path";
    case "EACCES":
    case "EPERM":
      return "The job's user may not do that: give others the right to it (chmod o+rX), or choose another path";
    case "EAGAIN":
      return "What the source was when the policy was checked is not there any more: start again once nobody changes it";
    case "ELOOP":
      return "A link lies on the way, in a folder that jobs can write: remove it, or choose another path";
    case "ENOENT":
    case "ENOTDIR":
      return "Name a path that is there inside the sandbox";
    case "ENOSPC":
      return "The policy's files are too large together: show them from a folder instead";
    default:
      return "Change policy.files or policy.cwd";
  }
}
