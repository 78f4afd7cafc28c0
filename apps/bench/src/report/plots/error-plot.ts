// Every value beside zero, which is exact, and the band in which it should be.
import * as Plot from "@observablehq/plot";
import type { ScenarioResult } from "../../judge.ts";
import { figure } from "../wording.ts";
import { colourOf, REFERENCE } from "./colours.ts";
import type { PlotOptions } from "./draw.ts";
import { LANE_BODY, LANE_MIDDLE, laneOptions } from "./lanes.ts";

export function errorPlot({ rows, targets, unit }: ScenarioResult, width: number): PlotOptions {
  const dots = rows.flatMap(({ name, values }) => values.map((value) => ({ name, value })));
  const bands = targets.flatMap((target) =>
    target.kind === "bound" && rows.some(({ name }) => name === target.of)
      ? [{ name: target.of, low: -target.atMost, high: target.atMost }]
      : [],
  );
  return laneOptions(
    width,
    rows.map(({ name, summary }) => ({ name, figure: `${summary.p50 > 0 ? "+" : ""}${figure(summary.p50)} ${unit}` })),
    { label: `${unit} more than the truth`, nice: true },
    [
      Plot.rect(bands, { fy: "name", x1: "low", x2: "high", y1: 0, y2: LANE_BODY, fill: REFERENCE, fillOpacity: 0.18 }),
      Plot.ruleX([0], { y1: 0, y2: LANE_BODY, stroke: REFERENCE, strokeWidth: 1.5 }),
      Plot.dot(dots, {
        fy: "name",
        y: LANE_MIDDLE,
        x: "value",
        r: 3.5,
        fill: (dot: { name: string }) => colourOf(dot.name),
        fillOpacity: 0.6,
      }),
    ],
  );
}
