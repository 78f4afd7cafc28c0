// What to boot and what to run there, from the command line.
import { parseArgs } from "node:util";
import { KERNELS, type KernelVersion } from "./debian.ts";
import { MACHINES } from "./machines.ts";

/**
 * Who runs the tests in the guest:
 * - `root`: with all of cgroup v2's controllers; `root-bare`: the cgroup tree is read-only
 * - `user`: an unprivileged user in a cgroup that is delegated to it; `user-bare`: in one that is not
 */
const SEATS = ["root", "user", "root-bare", "user-bare"] as const;
type Seat = (typeof SEATS)[number];

/** One boot, and all that runs in it. */
export interface Visit {
  readonly title: string;
  readonly seat: Seat;
  /** As inside/run.sh takes it: `short`, `parts`, `machine:NAME`, `command:BASE64`. */
  readonly suite: string;
  /** Words of the kernel's command line. */
  readonly words: readonly string[];
  /** The machine that is booted next as this one's guest was advised. */
  readonly asAdvised?: string;
}

export interface GuestFlags {
  readonly kernels: readonly KernelVersion[];
  /** Texts of which one is in the name of each part of the long form that is to run; all parts when empty. */
  readonly parts: readonly string[];
  /** Where results of parts are kept; null where they are not. */
  readonly keep: string | null;
  /** Show what is kept, and boot nothing. */
  readonly summary: boolean;
  readonly visits: (kernel: KernelVersion) => readonly Visit[];
  /** Compilers are larger than everything else together. */
  readonly compilers: boolean;
  readonly parser: boolean;
  /** For one boot. */
  readonly deadlineMs: number;
}

/** One boot for each kernel: two that differ in everything show the most for the time. */
const SHORT_SEATS: Readonly<Record<KernelVersion, Seat>> = { "6.1": "user", "6.12": "root" };
const SHORT_DEADLINE_MS = 300_000;
/** An emulated processor on a busy machine takes hours for the long form. */
const FULL_DEADLINE_MS = 28_800_000;

/** @throws TypeError for a flag that is none of these */
export function readGuestFlags(args: readonly string[]): GuestFlags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kernel: { type: "string", multiple: true },
      seat: { type: "string", multiple: true },
      machine: { type: "string", multiple: true },
      part: { type: "string", multiple: true, default: [] },
      keep: { type: "string" },
      summary: { type: "boolean", default: false },
      short: { type: "boolean", default: false },
      command: { type: "string" },
    },
  });
  const { short, command, summary } = values;
  const keep = values.keep ?? null;
  if (summary && keep === null) throw new TypeError("Cannot show a summary: --keep says where the results are");
  const seats = choose("seat", values.seat, SEATS);
  const machines = choose("machine", values.machine, Object.keys(MACHINES));
  const suite =
    command !== undefined ? `command:${Buffer.from(command).toString("base64")}` : short ? "short" : "parts";
  // Who names seats wants these alone, and who names machines those.
  const seatsOf = (kernel: KernelVersion): readonly Seat[] => {
    if (values.seat !== undefined) return seats;
    if (values.machine !== undefined) return [];
    return short ? [SHORT_SEATS[kernel]] : seats;
  };
  const machinesOf = (kernel: KernelVersion): readonly string[] => {
    if (values.machine !== undefined) return machines;
    if (values.seat !== undefined || values.part.length > 0 || command !== undefined) return [];
    return short ? machines.filter((name) => MACHINES[name]?.short === kernel) : machines;
  };
  const kernels = choose("kernel", values.kernel, Object.keys(KERNELS) as KernelVersion[]);
  return {
    kernels,
    parts: values.part,
    keep,
    summary,
    visits: (kernel) => [
      ...seatsOf(kernel).map((seat) => ({ title: seat, seat, suite, words: [] })),
      ...machinesOf(kernel).map((name) => visitTo(name)),
    ],
    compilers: !short,
    parser: kernels.some((kernel) => machinesOf(kernel).some((name) => MACHINES[name]?.needsParser)),
    deadlineMs: short ? SHORT_DEADLINE_MS : FULL_DEADLINE_MS,
  };
}

/** Its test is root, and starts programs as the unprivileged user. */
export function visitTo(machine: string, words = MACHINES[machine]?.words ?? []): Visit {
  const asAdvised = MACHINES[machine]?.asAdvised;
  const visit: Visit = { title: `machine ${machine}`, seat: "root", suite: `machine:${machine}`, words };
  return asAdvised === undefined ? visit : { ...visit, asAdvised };
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
