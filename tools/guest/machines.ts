// Machines that are unusual in one way, each a boot of its own: what cannot be set on a machine that others use.
import type { KernelVersion } from "./debian.ts";

export interface Machine {
  /** Words of the kernel's command line. */
  readonly words: readonly string[];
  /** In the short form too, on one kernel: a boot takes its time. */
  readonly short?: KernelVersion;
  /** What is booted next with the words that the first guest was advised to boot with. */
  readonly asAdvised?: string;
  /** A program that Debian's stable release does not have yet. */
  readonly needsParser?: true;
}

/** Each has a test of its name in inside/machines. */
export const MACHINES: Readonly<Record<string, Machine>> = {
  settings: { words: [], short: "6.12" },
  "initramfs-root": { words: ["hutch.root=initramfs"], short: "6.12" },
  "no-landlock": { words: ["lsm=lockdown,capability,yama,apparmor"], asAdvised: "landlock-as-advised" },
  "no-memory-controller": { words: ["cgroup_disable=memory"] },
  apparmor: { words: ["apparmor=1"], needsParser: true },
};
