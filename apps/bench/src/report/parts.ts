// What a value is made of, as medians.
import { medianSorted } from "simple-statistics";
import { ascending } from "../statistics/summary.ts";
import { figure } from "./wording.ts";

export interface PartMedian {
  readonly name: string;
  readonly p50: number;
}

export function partMedians(parts: Readonly<Record<string, readonly number[]>>): PartMedian[] {
  return Object.entries(parts).map(([name, values]) => ({ name, p50: medianSorted(ascending(values)) }));
}

export function partsText(parts: Readonly<Record<string, readonly number[]>>): string {
  return partMedians(parts)
    .map(({ name, p50 }) => `${name} ${figure(p50)}`)
    .join(", ");
}
