// What to boot and what to run there, from the command line.
import { parseArgs } from "node:util";
import { KERNELS, type KernelVersion } from "./debian.ts";

/**
 * Who runs the tests in the guest:
 * - `root`: with all of cgroup v2's controllers; `root-bare`: the cgroup tree is read-only
 * - `user`: an unprivileged user in a cgroup that is delegated to it; `user-bare`: in one that is not
 */
const SEATS = ["root", "user", "root-bare", "user-bare"] as const;
export type Seat = (typeof SEATS)[number];

/** `short` is for every change: what differs most between kernels. `full` is every kernel test. */
export type Suite = "short" | "full" | { readonly command: string };

export interface GuestFlags {
  readonly kernels: readonly KernelVersion[];
  readonly seats: (kernel: KernelVersion) => readonly Seat[];
  readonly suite: Suite;
  /** For one boot, with all that runs in it. */
  readonly deadlineMs: number;
}

/** One boot for each kernel: two that differ in everything show the most for the time. */
const SHORT_SEATS: Readonly<Record<KernelVersion, Seat>> = { "6.1": "user", "6.12": "root" };
const SHORT_DEADLINE_MS = 200_000;
const FULL_DEADLINE_MS = 3_600_000;

/** @throws TypeError for a flag that is none of these */
export function readGuestFlags(args: readonly string[]): GuestFlags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kernel: { type: "string", multiple: true },
      seat: { type: "string", multiple: true },
      short: { type: "boolean", default: false },
      command: { type: "string" },
    },
  });
  const seats = choose("seat", values.seat, SEATS);
  return {
    kernels: choose("kernel", values.kernel, Object.keys(KERNELS) as KernelVersion[]),
    seats: (kernel) => (values.seat === undefined && values.short ? [SHORT_SEATS[kernel]] : seats),
    suite: values.command !== undefined ? { command: values.command } : values.short ? "short" : "full",
    deadlineMs: values.short ? SHORT_DEADLINE_MS : FULL_DEADLINE_MS,
  };
}

function choose<T extends string>(
  flag: string,
  given: readonly string[] | undefined,
  known: readonly T[],
): readonly T[] {
  if (given === undefined) return known;
  return given.map((name) => {
    const found = known.find((each) => each === name);
    if (found === undefined) throw new TypeError(`Cannot use --${flag} ${name}: expected one of ${known.join(", ")}`);
    return found;
  });
}
