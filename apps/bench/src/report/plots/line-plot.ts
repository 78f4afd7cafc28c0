// The median of each series over the places of its contenders, with half of the values around it.
import * as Plot from "@observablehq/plot";
import { quantileSorted } from "simple-statistics";
import type { ScenarioResult } from "../../judge.ts";
import { ascending } from "../../statistics/summary.ts";
import { seriesColours } from "./colours.ts";
import type { PlotOptions } from "./draw.ts";

const HEIGHT = 340;
/** From so many times the smallest place on, the axis is logarithmic. */
const WIDE_RANGE = 20;

export function linePlot({ rows, unit, axis }: ScenarioResult): PlotOptions {
  const points = rows.flatMap(({ place, values }) => {
    if (place === undefined) return [];
    const sorted = ascending(values);
    const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantileSorted(sorted, share));
    return [{ ...place, low, middle, high }];
  });
  const places = [...new Set(points.map(({ at }) => at))].sort((a, b) => a - b);
  const wide = (places.at(-1) ?? 1) > WIDE_RANGE * (places[0] ?? 1);
  const line = { x: "at", z: "series", stroke: "series" } as const;
  return {
    height: HEIGHT,
    marginLeft: 52,
    marginRight: 16,
    marginBottom: 40,
    x: { type: "log", label: axis ?? "", ticks: places, tickFormat: String, grid: true },
    y: { ...(wide ? { type: "log" } : { zero: true }), label: `${unit}, median`, grid: true, nice: true },
    color: { ...seriesColours([...new Set(points.map(({ series }) => series))]), legend: true },
    marks: [
      Plot.areaY(points, { x: "at", z: "series", y1: "low", y2: "high", fill: "series", fillOpacity: 0.15 }),
      Plot.line(points, { ...line, y: "middle", strokeWidth: 2 }),
      Plot.dot(points, { x: "at", y: "middle", fill: "series", r: 3.5 }),
    ],
  };
}
