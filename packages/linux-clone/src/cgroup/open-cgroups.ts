// Finds out by trying whether this process can make cgroups for its jobs, and with which trees.
import { DEFAULT_LIMITS } from "@hutch/core";
import { CompiledPlan, isSyscallError, O, open, readText, SyscallError, wait4 } from "@hutch/syscall";
import { CgroupHost, type OpenTree } from "./cgroup-host.ts";
import { chooseTrees, NEEDED, type TreeChoice } from "./choose-trees.ts";
import { delegatedFolder, enableControllers, folderBeside, type Movable, readControllers } from "./delegation.ts";
import { findHierarchies, type Hierarchy } from "./find-hierarchies.ts";
import type { JobCgroup } from "./job-cgroup.ts";
import { openSubtree, reclaimSubtrees } from "./subtree.ts";
import { switchedOff } from "./switched-off.ts";

export type OpenedCgroups =
  | { readonly kind: "open"; readonly host: CgroupHost }
  /** `fix`: the smallest thing that the machine's owner can change. */
  | { readonly kind: "unavailable"; readonly why: string; readonly fix: string };

const FIX =
  "start it with: systemd-run --user --scope -p Delegate=yes COMMAND (a service: Delegate=yes; a container: a writable /sys/fs/cgroup)";

/** Everything that is made goes when the host of cgroups is closed, at the latest when this process exits. */
export function openCgroups(): OpenedCgroups {
  let refused = "no cgroup tree here has the memory and pids controllers for this process";
  const choices = findChoices();
  for (const [index, { choice, movable }] of choices.entries()) {
    const opened = tryChoice(choice, movable);
    if (opened instanceof CgroupHost) return { kind: "open", host: opened };
    if (index === 0) refused = opened.message;
  }
  const off = choices.length > 0 ? undefined : switchedOff(NEEDED, readText("/proc/cgroups"));
  if (off === undefined) return { kind: "unavailable", why: refused, fix: FIX };
  return {
    kind: "unavailable",
    why: `the kernel was booted with its ${off} controller switched off`,
    fix: `boot without cgroup_disable=${off}, or with cgroup_enable=${off} where firmware adds that`,
  };
}

interface Attempt {
  readonly choice: TreeChoice;
  readonly movable: Movable;
}

/** Below our own folder if that can be, else beside it; moving other processes for it comes last. */
function findChoices(): Attempt[] {
  const found = findHierarchies(readText("/proc/self/cgroup"), readText("/proc/self/mountinfo"));
  const own = found.map(
    (tree): Hierarchy => (tree.version === 2 ? { ...tree, folder: delegatedFolder(tree.folder) } : tree),
  );
  const second = own.find((tree) => tree.version === 2);
  const below = chooseTrees(own, second === undefined ? [] : readControllers(second.folder, "cgroup.controllers"));
  const attempts: { choice: TreeChoice | null; movable: Movable }[] = [{ choice: below, movable: "self" }];
  const above = second === undefined ? null : folderBeside(second.folder, NEEDED);
  if (second !== undefined && above !== null) {
    const moved = own.map((tree): Hierarchy => (tree === second ? { ...tree, folder: above } : tree));
    attempts.push({ choice: chooseTrees(moved, NEEDED), movable: "self" });
  }
  if (below?.mayRefuseJoining === true) attempts.push({ choice: below, movable: "family" });
  return attempts.filter((attempt): attempt is Attempt => attempt.choice !== null);
}

function tryChoice(choice: TreeChoice, movable: Movable): CgroupHost | SyscallError {
  using undo = new DisposableStack();
  try {
    const trees: OpenTree[] = [];
    for (const { parent, make, enable } of choice.trees) {
      const delegation = enableControllers(parent, enable, movable);
      undo.defer(() => delegation.close());
      reclaimSubtrees(parent);
      const subtree = openSubtree(parent);
      undo.defer(() => subtree.close());
      if (enable.length > 0) enableControllers(subtree.folder, enable, "self");
      trees.push({ subtree, make });
    }
    const onExit = (): void => host.close();
    const owned = new DisposableStack();
    const host = new CgroupHost(choice.mechanism, trees, () => {
      process.off("exit", onExit);
      owned.dispose();
    });
    undo.defer(() => host.close());
    tryMaking(host, choice.mayRefuseJoining);
    // ORDER: from here on the stack is the host's, which closes its folders before the delegation ends.
    owned.use(undo.move());
    process.on("exit", onExit);
    return host;
  } catch (error) {
    if (isSyscallError(error)) return error;
    throw error;
  }
}

/** The folders that this makes serve the first job. */
function tryMaking(host: CgroupHost, joins: boolean): void {
  using cgroup = host.create(DEFAULT_LIMITS);
  if (joins) tryJoining(cgroup);
}

/** A throwaway child joins, since permission for that is another one than for making folders. */
function tryJoining(cgroup: JobCgroup): void {
  using nowhere = open("/dev/null", O.WRONLY);
  const inner = [
    ...cgroup.procs.map((fd) => ({ name: "join cgroup", call: "write", args: [fd, { text: "0" }, 1] })),
    { name: "exit", call: "exit_group", args: [0] },
  ];
  const plan = new CompiledPlan({ cloneFlags: 0, outer: [], inner, handover: [], start: "exec" });
  const child = plan.launch(nowhere.fd, {});
  if (child.kind !== "launched") throw new SyscallError("clone", child.kind === "refused" ? child.errno : 0);
  using _pidfd = child.pidfd;
  const end = wait4(child.pid)?.end;
  if (end?.kind !== "exited" || end.code !== 0) throw new SyscallError("write", EACCES, '"0" to cgroup.procs');
}

const EACCES = 13;
