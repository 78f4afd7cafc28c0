// What a forked job finds out about itself. The runtime remembers the worker's process id, folder and environment.
import { getpid } from "@hutch/syscall";

export interface Surroundings {
  /** The job's whole environment, as "NAME=value". */
  readonly env: readonly string[];
  /** Working directory inside the job's root. */
  readonly cwd: string;
}

let adopted: Surroundings | null = null;

/** For a worker before it is copied: those that it took on itself where they are the same, so that no copy has to compare them. */
export function surroundingsOf({ env, cwd }: Surroundings): Surroundings {
  const given = { env, cwd };
  return adopted !== null && same(adopted, given) ? adopted : given;
}

/**
 * For a worker before its first fork, and for each copy. A copy with the surroundings that its worker took on has nothing
 * to do but to learn its id: what a job writes to in memory, it first has to copy.
 * @throws Error when the working directory is not there
 */
export function adoptSurroundings(surroundings: Surroundings): void {
  // The runtime makes it a plain property with the worker's id once somebody read it there. The attributes stay.
  Object.defineProperty(process, "pid", { value: getpid() });
  if (surroundings === adopted) return;
  const { env, cwd } = surroundings;
  // ORDER: by the runtime, although the plan has entered this folder already: it resolves paths against its own copy.
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) delete process.env[name];
  for (const entry of env) {
    const at = entry.indexOf("=");
    process.env[entry.slice(0, at)] = entry.slice(at + 1);
  }
  adopted = surroundings;
}

function same(a: Surroundings, b: Surroundings): boolean {
  return a.cwd === b.cwd && a.env.length === b.env.length && a.env.every((entry, index) => entry === b.env[index]);
}
