// The last step of an exec job: its program, looked up along the paths that the caller gave.
import type { Step } from "@hutch/core";
import { AT } from "@hutch/syscall";
import type { PlanContext } from "../plan-context.ts";
import { ENOENT, NULL, step, text } from "../step.ts";

export function planExecute({ request }: PlanContext): Step[] {
  if (request.start === "warm") return [];
  if (request.awaitsCommand === true)
    return [
      step(
        "await command",
        "execveat",
        [{ late: "init" }, text(""), { late: "awaitArgv" }, NULL, AT.EMPTY_PATH],
        "a small program of ours waits in the job's place for the command that it becomes",
      ),
    ];
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
