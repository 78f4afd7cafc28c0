// How the values of each contender are spread: a violin per lane, with the median and the 99th of a hundred marked.
import * as Plot from "@observablehq/plot";
import { kernelDensityEstimation } from "simple-statistics";
import type { Row, ScenarioResult } from "../../judge.ts";
import { ascending } from "../../statistics/summary.ts";
import { figure } from "../wording.ts";
import { colourOf } from "./colours.ts";
import type { PlotOptions } from "./draw.ts";
import { LANE_BODY, LANE_MIDDLE, laneOptions } from "./lanes.ts";
import { logAxis } from "./log-axis.ts";

const POINTS = 80;
/** Decades: without it, values that are all the same have no width to draw. */
const LEAST_WIDTH = 0.004;
/** Farther out there are single values, and a curve through them says nothing. */
const SHOWN = 0.99;

interface Edge {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export function spreadPlot({ rows, unit }: ScenarioResult, width: number): PlotOptions {
  const marked = rows.map(({ name, summary }) => ({ name, ...summary }));
  const edges = rows.flatMap(violin);
  const tick = { fy: "name", y1: 0, y2: LANE_BODY } as const;
  const { scale, axis } = logAxis(
    edges.map(({ value }) => value),
    `${unit}, logarithmic`,
  );
  return laneOptions(
    width,
    rows.map(({ name, summary }) => ({ name, figure: `${figure(summary.p50)} ${unit}` })),
    scale,
    [
      axis,
      Plot.areaY(edges, {
        fy: "name",
        x: "value",
        y1: "low",
        y2: "high",
        fill: (edge: Edge) => colourOf(edge.name),
        z: "name",
        fillOpacity: 0.75,
      }),
      Plot.ruleX(marked, { ...tick, x: "p50", stroke: "currentColor", strokeWidth: 2 }),
      Plot.dot(marked, { fy: "name", y: LANE_MIDDLE, x: "p99", r: 3, stroke: "currentColor", fill: "var(--page)" }),
    ],
  );
}

function violin({ name, values }: Row): Edge[] {
  const shown = ascending(values).slice(0, Math.max(1, Math.ceil(values.length * SHOWN)));
  const decades = shown.map((value) => Math.log10(Math.max(value, 1e-6)));
  const first = decades[0] ?? 0;
  const last = decades.at(-1) ?? 0;
  const width = Math.max(LEAST_WIDTH, (last - first) / 25);
  const density = kernelDensityEstimation(decades, "gaussian", width);
  const places = Array.from(
    { length: POINTS + 1 },
    (_, index) => first - 2 * width + ((last - first + 4 * width) * index) / POINTS,
  );
  const heights = places.map((place) => density(place));
  const highest = Math.max(...heights);
  return places.map((place, index) => {
    const half = (((heights[index] ?? 0) / highest) * LANE_BODY) / 2;
    return { name, value: 10 ** place, low: LANE_MIDDLE - half, high: LANE_MIDDLE + half };
  });
}
