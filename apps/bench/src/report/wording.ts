// Figures and sentences as every output prints them.
import type { Unit } from "../contender.ts";
import type { MachineDescription } from "../machine-description.ts";
import type { Noise } from "../noise.ts";
import type { Estimate } from "../statistics/bootstrap.ts";
import type { Judged } from "../target.ts";
import type { Results } from "./results.ts";

const GIB = 2 ** 30;

export const UNIT_NAMES: Readonly<Record<Unit, string>> = {
  ms: "milliseconds",
  MiB: "MiB",
  "per s": "per second",
  jobs: "how many",
};

/** Three digits that mean something, and no more than three after the point. */
export function figure(value: number): string {
  const size = Math.abs(value);
  const digits = size < 1 ? 3 : size < 10 ? 2 : size < 100 ? 1 : 0;
  return value.toFixed(digits);
}

export function estimateText({ value, low, high }: Estimate): string {
  const digits = Math.abs(value) < 0.1 ? 4 : 2;
  return `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

export function machineText(machine: MachineDescription): string {
  const { cpu, cpus, memoryBytes, kernel, arch, distribution, bun, user, governor } = machine;
  return [
    `${cpus} × ${cpu}${machine.virtual ? " (virtual machine)" : ""}, ${(memoryBytes / GIB).toFixed(0)} GiB`,
    `Linux ${kernel} ${arch}, ${distribution}`,
    `Bun ${bun}, ${user === "root" ? "as root" : "as an unprivileged user"}`,
    ...(governor === null ? [] : [`CPU governor ${governor}`]),
  ].join("; ");
}

export function runText({ startedAt, seconds, effort, pinned, interrupted, leftOut }: Results): string {
  return [
    `Started ${startedAt}, took ${seconds.toFixed(0)} s`,
    ...(effort === "full" ? [] : [`a ${effort} run`]),
    ...(pinned === null ? [] : [`on the processors ${pinned} only`]),
    ...(interrupted ? ["ended before its last round"] : []),
    ...(leftOut.length === 0 ? [] : [`without ${leftOut.map(({ name }) => name).join(", ")}`]),
  ].join(", ");
}

export function noiseText({ loadBefore, loadAfter, busyShare, stealShare, clockMhz, note }: Noise): string {
  const clock = clockMhz === null ? "" : `; clocks ${clockMhz.map((mhz) => mhz.toFixed(0)).join(" to ")} MHz`;
  const facts = `load ${loadBefore.toFixed(2)} before, ${loadAfter.toFixed(2)} after; CPUs ${(busyShare * 100).toFixed(0)} % busy; ${(stealShare * 100).toFixed(2)} % stolen${clock}`;
  return note === "" ? facts : `${facts}; note: ${note}`;
}

export function targetText(target: Judged, unit: Unit): string {
  const limit = Number(target.atMost.toPrecision(3));
  switch (target.kind) {
    case "ratio":
      return `"${target.of}" at most ${limit} times "${target.to}"`;
    case "difference":
      return `"${target.of}" at most ${limit} ${unit} above "${target.to}"`;
    case "tail":
      return `"${target.of}": the 99th of a hundred at most ${limit} times the median`;
    case "drift":
      return `"${target.of}", each divided by "${target.beside}" beside it: the last ones at most ${limit} times the first ones`;
    case "bound":
      return `"${target.of}": ${target.quantile === 1 ? "all" : `${target.quantile * 100} %`} at most ${limit} ${unit}`;
  }
}
