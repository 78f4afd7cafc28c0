// What a forked job finds out about itself. The runtime remembers the worker's process id, folder and environment.
import { getpid } from "@hutch/syscall";

export interface Surroundings {
  /** The job's whole environment, as "NAME=value". */
  readonly env: readonly string[];
  /** Working directory inside the job's root. */
  readonly cwd: string;
}

/** Call it once in the child. @throws Error when the working directory is not there */
export function adoptSurroundings({ env, cwd }: Surroundings): void {
  // The runtime makes it a plain property with the worker's id once somebody read it there. The attributes stay.
  Object.defineProperty(process, "pid", { value: getpid() });
  // ORDER: by the runtime, although the plan has entered this folder already: it resolves paths against its own copy.
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) delete process.env[name];
  for (const entry of env) {
    const at = entry.indexOf("=");
    process.env[entry.slice(0, at)] = entry.slice(at + 1);
  }
}
