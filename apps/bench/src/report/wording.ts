// Figures and sentences as every output prints them.
import type { Judged } from "../judge.ts";
import type { MachineDescription } from "../machine-description.ts";
import type { Noise } from "../noise.ts";
import type { Estimate } from "../statistics/bootstrap.ts";

const GIB = 2 ** 30;

/** Three digits that mean something, down to a microsecond. */
export function milliseconds(micros: number): string {
  const digits = micros < 1e3 ? 3 : micros < 1e4 ? 2 : micros < 1e5 ? 1 : 0;
  return (micros / 1000).toFixed(digits);
}

export function estimateText({ value, low, high }: Estimate): string {
  const digits = value < 0.1 ? 4 : 2;
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

export function noiseText({ loadBefore, loadAfter, busyShare, stealShare, note }: Noise): string {
  const facts = `load ${loadBefore.toFixed(2)} before, ${loadAfter.toFixed(2)} after; CPUs ${(busyShare * 100).toFixed(0)} % busy; ${(stealShare * 100).toFixed(2)} % stolen`;
  return note === "" ? facts : `${facts}; note: ${note}`;
}

export function targetText({ kind, of, to, atMost }: Judged): string {
  const limit = Number(atMost.toPrecision(3));
  return kind === "ratio" ? `"${of}" at most ${limit} times "${to}"` : `"${of}" at most ${limit} ms above "${to}"`;
}
