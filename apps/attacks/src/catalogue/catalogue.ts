// The whole list of attacks, in its order.
import type { Attack } from "./attack.ts";
import { FILE_ATTACKS } from "./files.ts";
import { KERNEL_ATTACKS } from "./kernel.ts";
import { LIMIT_ATTACKS } from "./limits.ts";
import { PROCESS_ATTACKS } from "./processes.ts";
import { RESULT_ATTACKS } from "./results.ts";

/** The classes of the list by the letter of their numbers, in their order. */
export const CLASSES: Readonly<Record<string, string>> = {
  F: "Files",
  T: "Links and races on the host's side",
  P: "/proc, /sys and cgroups",
  N: "Namespaces and capabilities",
  L: "Descriptors",
  S: "Signals and processes",
  R: "Resources",
  C: "Time and accounting",
  D: "Tracing",
  K: "The kernel's surface",
  W: "Network and other jobs",
  X: "Results and protocol",
  Y: "Process ids and lifetime",
  Z: "The warm worker",
  U: "Programs with more rights",
};

const ALL = [...FILE_ATTACKS, ...PROCESS_ATTACKS, ...LIMIT_ATTACKS, ...KERNEL_ATTACKS, ...RESULT_ATTACKS];

export const CATALOGUE: readonly Attack[] = Object.keys(CLASSES).flatMap((letter) =>
  ALL.filter(({ id }) => id.startsWith(letter)),
);
