// The job has the descriptors that it was given, at the numbers that it was given them for, and no others.
// POSIX has no call for a range, so every number below the limit of open files is marked or closed by itself.
import { HostError, type PlanRequest, type Step } from "@hutch/core";
import { F, FD_CLOEXEC } from "@hutch/syscall";
import { step } from "../step.ts";

const EBADF = 9;
/** Above every number of a kept descriptor. */
const PARKED_FROM = 64;
const MOST_DESCRIPTORS = 8;
/** Bun opens everything close-on-exec; numbers above are out of reach of what starts Bun in any ordinary way. */
const HIGHEST = 1024;

/**
 * ORDER: after every step that opens something, and before the limit of open files, which may be below the parked numbers.
 * @throws HostError for more descriptors than a plan can carry
 */
export function planDescriptors({ descriptors, start }: PlanRequest): Step[] {
  if (descriptors.length > MOST_DESCRIPTORS) {
    throw new HostError(
      "HOST_FAILURE",
      `Cannot give the job ${descriptors.length} descriptors: ${MOST_DESCRIPTORS} are possible`,
    );
  }
  const name = "set descriptor";
  const park = (number: number, index: number): Step =>
    step(
      name,
      "fcntl",
      [{ late: `fd${index}` }, F.DUPFD_CLOEXEC, PARKED_FROM],
      "out of the way of the numbers that the job wants",
      { detail: `${number}`, save: index },
    );
  const place = (number: number, index: number): Step =>
    step(name, "dup3", [{ slot: index }, number, 0], "the job finds it at this number", { detail: `${number}` });
  const parked = descriptors.map(park);
  const placed = descriptors.map(place);
  if (start === "exec") return [...parked, markAll(), ...placed];
  return [...parked, ...placed, ...closeOthers(descriptors)];
}

function markAll(): Step {
  return step(
    "close descriptors",
    "fcntl",
    [0, F.SETFD, FD_CLOEXEC],
    "execve closes everything that is not placed after this",
    {
      detail: `0 to ${HIGHEST - 1}`,
      repeat: HIGHEST,
      allow: EBADF,
    },
  );
}

function closeOthers(kept: readonly number[]): Step[] {
  const end = Math.max(-1, ...kept) + 1;
  const why = "the worker's own descriptors are not for jobs";
  const holes = Array.from({ length: end }, (_, number) => number).filter((number) => !kept.includes(number));
  return [
    ...holes.map((number) => step("close descriptors", "close", [number], why, { detail: `${number}`, allow: EBADF })),
    step("close descriptors", "close", [end], why, {
      detail: `${end} to ${HIGHEST - 1}`,
      repeat: HIGHEST - end,
      allow: EBADF,
    }),
  ];
}
