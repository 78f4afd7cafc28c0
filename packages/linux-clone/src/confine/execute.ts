// The last step of an exec job: its program, looked up along the paths that the caller gave.
import type { Step } from "@hutch/core";
import type { PlanContext } from "../plan-context.ts";
import { ENOENT, step } from "../step.ts";

export function planExecute({ request }: PlanContext): Step[] {
  if (request.start === "warm") return [];
  const { executables } = request;
  return executables.map((path, index) => {
    const last = index === executables.length - 1;
    return step(
      "execute",
      "execve",
      [{ late: `path${index}` }, { late: "argv" }, { late: "envp" }],
      "the job's program",
      last ? { detail: path } : { detail: path, allow: ENOENT },
    );
  });
}
