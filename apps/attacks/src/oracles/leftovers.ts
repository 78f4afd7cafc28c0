// O2: no process of the job is left, no mount, no temporary file, and nobody is a zombie.
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { allProcesses, commandLine, descendantsOf, orphanedSandboxes } from "../processes.ts";

export interface Surroundings {
  /** Processes that this one started: a pool's worker each. */
  readonly children: readonly number[];
  readonly orphans: readonly number[];
  readonly mounts: string;
  readonly temporary: readonly string[];
}

export function lookAround(): Surroundings {
  const all = allProcesses();
  return {
    children: all.filter(({ parent }) => parent === process.pid).map(({ pid }) => pid),
    orphans: orphanedSandboxes(all),
    mounts: readFileSync("/proc/self/mountinfo", "utf8"),
    temporary: readdirSync(tmpdir()).sort(),
  };
}

/** Below its init: the worker, and of the job that waits init, the job, and what holds its memory. */
const MOST_OF_A_POOL = 4;

/** @param program its name is in the command line of what a command leaves */
export function findLeftovers(before: Surroundings, program: string): readonly string[] {
  const now = lookAround();
  const below = descendantsOf(process.pid);
  const problems: string[] = [];
  if (now.children.length > before.children.length)
    problems.push(
      `O2: ${now.children.length} children, ${before.children.length} were there: ${below.map(describe).join(", ")}`,
    );
  for (const child of now.children) {
    const tree = descendantsOf(child);
    if (tree.length > MOST_OF_A_POOL) problems.push(`O2: a worker has ${tree.map(describe).join(", ")}`);
  }
  for (const { pid, state } of below) {
    if (state === "Z") problems.push(`O2: process ${pid} is a zombie`);
    if (commandLine(pid).includes(`/${program}`)) problems.push(`O2: process ${pid} runs ${program}`);
  }
  for (const pid of now.orphans) if (!before.orphans.includes(pid)) problems.push(`O2: sandbox ${pid} has no host`);
  if (now.mounts !== before.mounts) problems.push("O2: the mounts of the host changed");
  for (const name of now.temporary)
    if (!before.temporary.includes(name)) problems.push(`O2: ${name} is left in the folder for temporary files`);
  return problems;
}

const describe = ({ pid, state }: { readonly pid: number; readonly state: string }): string =>
  `${pid} ${state} ${commandLine(pid).slice(0, 60)}`;
