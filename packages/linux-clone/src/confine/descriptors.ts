// The job has the descriptors that it was given, at the numbers that it was given them for, and no others.
import { type ControlReport, HostError, type Step } from "@hutch/core";
import { CLOSE_RANGE, F } from "@hutch/syscall";
import type { PlanContext } from "../plan-context.ts";
import { step } from "../step.ts";

const LAST = 0xffff_ffff;
const EBADF = 9;
/** Above every number of a kept descriptor. */
const PARKED_FROM = 64;
/** The walker has this many slots to park descriptors in. */
const MOST_DESCRIPTORS: number = 8;

/**
 * Numbers of the launcher may be the very ones that the job wants, so all are parked above first.
 * @throws HostError for more descriptors than a plan can carry
 */
export function planParkedDescriptors({ request }: PlanContext): Step[] {
  const { descriptors } = request;
  if (descriptors.length > MOST_DESCRIPTORS) {
    throw new HostError(
      "HOST_FAILURE",
      `Cannot give the job ${descriptors.length} descriptors: ${MOST_DESCRIPTORS} are possible`,
    );
  }
  return descriptors.map((number, index) =>
    step(
      "set descriptor",
      "fcntl",
      [{ late: `fd${index}` }, F.DUPFD_CLOEXEC, PARKED_FROM],
      "out of the way of the numbers that the job wants",
      { detail: `${number}`, save: index },
    ),
  );
}

/** ORDER: after every step that opens something, and directly before execve. */
export function planDescriptors({ request }: PlanContext): Step[] {
  const { descriptors, start } = request;
  const placed = descriptors.map((number, index) =>
    step("set descriptor", "dup3", [{ slot: index }, number, 0], "the job finds it at this number", {
      detail: `${number}`,
    }),
  );
  const closeAtExec = step(
    "close descriptors",
    "close_range",
    [0, LAST, CLOSE_RANGE.CLOEXEC],
    "execve closes everything that is not placed after this",
    { detail: "0 to the last" },
  );
  if (start === "exec") return [closeAtExec, ...placed];
  return [...placed, ...closeOthers(descriptors)];
}

/** A warm job executes nothing, so what it must not have is closed at once. */
function closeOthers(kept: readonly number[]): Step[] {
  const end = Math.max(-1, ...kept) + 1;
  const holes = Array.from({ length: end }, (_, number) => number).filter((number) => !kept.includes(number));
  const why = "the worker's own descriptors are not for jobs";
  return [
    ...holes.map((number) => step("close descriptors", "close", [number], why, { detail: `${number}`, allow: EBADF })),
    step("close descriptors", "close_range", [end, LAST, 0], why, { detail: `${end} to the last` }),
  ];
}

export function reportDescriptors({ request }: PlanContext): ControlReport {
  return {
    name: "descriptors",
    state: "enforced",
    why: `${request.descriptors.length} given ones, everything else is closed by range`,
  };
}
