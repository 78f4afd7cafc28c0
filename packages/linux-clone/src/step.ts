// Shorthand for the steps of a plan, shared by all of confine/. Pure.
import type { Step, StepArgument, StepName } from "@hutch/core";
import { AT_FDCWD, O } from "@hutch/syscall";

export type StepExtra = Pick<Step, "detail" | "save" | "allow" | "repeat" | "counted" | "joins">;

export const EPERM: number = 1;
export const ENOENT: number = 2;
export const EBADF: number = 9;
export const EEXIST: number = 17;
export const EINVAL: number = 22;
export const ENOSYS: number = 38;

/** The slot of descriptors that are open for a few steps only. */
export const SCRATCH_SLOT: number = 0;
/** The slot of the old root, from before the change of root until it is detached. */
export const OLD_ROOT_SLOT: number = 1;

/** The slot of a tree that is mounted nowhere yet. */
export const TREE_SLOT: number = 2;
/** The slot of the folder that a mount point is looked up in, or of the mount point. */
export const PLACE_SLOT: number = 3;
/** The slot of the listener, from process 1 before process 2 until it becomes init. Above those that descriptors are parked in. */
export const LISTENER_SLOT: number = 8;
export const SUPERVISOR_SLOT: number = 9;
export const HANDOVER_SLOT: number = 10;

export function step(
  name: StepName,
  call: string,
  args: readonly StepArgument[],
  why: string,
  extra: StepExtra = {},
): Step {
  return { name, call, args, why, ...extra };
}

/** Marks what the caller's policy asked for: see Step. */
export function ofPolicy(steps: readonly Step[]): Step[] {
  return steps.map((each) => ({ ...each, ofPolicy: true }));
}

export function text(value: string): StepArgument {
  return { text: value };
}

export const NULL: StepArgument = 0;

/** open, write, close; the detail is the path. `create` makes the file, by default readable by all and writable by nobody. */
export function writeFile(
  name: StepName,
  path: string,
  content: string,
  why: string,
  options: { readonly create?: boolean; readonly mode?: number } = {},
): Step[] {
  const bytes = new TextEncoder().encode(content);
  const flags = O.WRONLY | O.CLOEXEC | (options.create === true ? O.CREAT | O.EXCL : 0);
  const fd: StepArgument = { slot: SCRATCH_SLOT };
  const opened = step(name, "openat", [AT_FDCWD, text(path), flags, options.mode ?? 0o444], why, {
    detail: path,
    save: SCRATCH_SLOT,
  });
  const closed = step(name, "close", [fd], "nothing else may use it", { detail: path });
  if (bytes.byteLength === 0) return [opened, closed];
  return [opened, step(name, "write", [fd, { bytes }, bytes.byteLength], why, { detail: path }), closed];
}
