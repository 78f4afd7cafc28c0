// A logarithmic axis for values of any size: it ends where the values do, and has as many ticks as a phone has room for.
import * as Plot from "@observablehq/plot";
import type { PlotOptions } from "./draw.ts";

const PADDING = 1.12;
const MOST_TICKS = 7;
/** From many to few: which digits a decade gets a tick at. */
const DIGITS: readonly (readonly number[])[] = [[1, 1.5, 2, 3, 4, 5, 7], [1, 2, 5], [1, 3], [1]];

export interface LogAxis {
  readonly scale: PlotOptions["x"];
  /** The library would leave out labels of its own choice. */
  readonly axis: Plot.Markish;
}

export function logAxis(values: readonly number[], label: string): LogAxis {
  const positive = values.filter((value) => value > 0);
  const low = Math.min(...positive) / PADDING;
  const high = Math.max(...positive) * PADDING;
  const all = DIGITS.map((digits) => ticksBetween(low, high, digits));
  const ticks = all.find(({ length }) => length <= MOST_TICKS) ?? all.at(-1) ?? [];
  return {
    scale: { type: "log", domain: [low, high], axis: null, ticks },
    axis: Plot.axisX(ticks, { text: ticks.map(String), label, facetAnchor: "bottom", labelAnchor: "right" }),
  };
}

function ticksBetween(low: number, high: number, digits: readonly number[]): number[] {
  const decades: number[] = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.ceil(Math.log10(high)); decade += 1)
    decades.push(decade);
  return decades
    .flatMap((decade) => digits.map((digit) => Number(`${digit}e${decade}`)))
    .filter((tick) => tick >= low && tick <= high);
}
