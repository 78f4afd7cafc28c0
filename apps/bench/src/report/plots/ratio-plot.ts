// The medians as ratios to the baseline's, with their intervals.
import * as Plot from "@observablehq/plot";
import type { ScenarioResult } from "../../judge.ts";
import { colourOf, REFERENCE } from "./colours.ts";
import type { PlotOptions } from "./draw.ts";
import { LANE_BODY, LANE_MIDDLE, laneOptions } from "./lanes.ts";
import { logAxis } from "./log-axis.ts";

export function ratioPlot({ rows }: ScenarioResult, width: number): PlotOptions {
  const ratios = rows.flatMap(({ name, ratio }) => (ratio === null ? [] : [{ name, ...ratio }]));
  const { scale, axis } = logAxis([1, ...ratios.flatMap(({ low, high }) => [low, high])], "times, logarithmic");
  return laneOptions(
    width,
    ratios.map(({ name, value }) => ({ name, figure: `${value < 0.1 ? value.toFixed(3) : value.toFixed(2)} ×` })),
    scale,
    [
      axis,
      Plot.ruleX([1], { y1: 0, y2: LANE_BODY, stroke: REFERENCE, strokeWidth: 1.5 }),
      Plot.rect(ratios, {
        fy: "name",
        x1: "low",
        x2: "high",
        y1: LANE_MIDDLE - LANE_BODY / 6,
        y2: LANE_MIDDLE + LANE_BODY / 6,
        fill: (row: { name: string }) => colourOf(row.name),
        fillOpacity: 0.45,
      }),
      Plot.dot(ratios, {
        fy: "name",
        y: LANE_MIDDLE,
        x: "value",
        r: 4.5,
        fill: (row: { name: string }) => colourOf(row.name),
      }),
    ],
  );
}
