// What the values of a scenario are made of, as medians.
import { medianSorted } from "simple-statistics";
import type { Row } from "../judge.ts";
import { ascending } from "../statistics/summary.ts";
import { figure } from "./wording.ts";

export interface PartMedians {
  /** Of all rows, in their order; what is 0 in every row is left out. */
  readonly names: readonly string[];
  /** The place of each name among all parts that there could be: so that it has the same colour in every plot. */
  readonly places: readonly number[];
  /** As many figures as names. */
  readonly rows: readonly { readonly name: string; readonly p50s: readonly number[] }[];
}

/** null when no row is made of parts. */
export function partMedians(rows: readonly Row[]): PartMedians | null {
  const medians = rows.flatMap(({ name, parts }) =>
    parts === undefined
      ? []
      : [{ name, parts: new Map(Object.entries(parts).map(([part, values]) => [part, median(values)])) }],
  );
  const all = [...new Set(medians.flatMap(({ parts }) => [...parts.keys()]))];
  const names = all.filter((name) => medians.some(({ parts }) => (parts.get(name) ?? 0) > 0));
  if (names.length === 0) return null;
  const places = names.map((name) => all.indexOf(name));
  return {
    names,
    places,
    rows: medians.map(({ name, parts }) => ({ name, p50s: names.map((part) => parts.get(part) ?? 0) })),
  };
}

export const PARTS_TITLE = "Where the time goes: medians of the parts";

/** Head and rows of a table; a part that a row does not have is empty. */
export function partsTable(rows: readonly Row[]): { readonly head: string[]; readonly body: string[][] } | null {
  const medians = partMedians(rows);
  if (medians === null) return null;
  return {
    head: ["", ...medians.names],
    body: medians.rows.map(({ name, p50s }) => [name, ...p50s.map((p50) => (p50 === 0 ? "" : figure(p50)))]),
  };
}

function median(values: readonly number[]): number {
  return medianSorted(ascending(values));
}
