// The medians as bars, or what they are made of as stacked ones.
import * as Plot from "@observablehq/plot";
import type { ScenarioResult } from "../../judge.ts";
import { partMedians } from "../parts.ts";
import { figure } from "../wording.ts";
import { colourOf, seriesColours } from "./colours.ts";
import type { PlotOptions } from "./draw.ts";
import { LANE_BODY, laneOptions } from "./lanes.ts";

const BODY = { fy: "name", y1: 0.06, y2: LANE_BODY } as const;

export function barPlot({ rows, unit }: ScenarioResult, width: number): PlotOptions {
  const bars = rows.map(({ name, summary }) => ({ name, value: summary.p50 }));
  return laneOptions(
    width,
    bars.map(({ name, value }) => ({ name, figure: `${figure(value)} ${unit}` })),
    { label: `${unit}, median`, zero: true, nice: true },
    [
      Plot.rect(bars, { ...BODY, x1: 0, x2: "value", fill: (bar: { name: string }) => colourOf(bar.name) }),
      Plot.ruleX([0], { y1: 0, y2: LANE_BODY }),
    ],
  );
}

export function partPlot({ rows, unit }: ScenarioResult, width: number): PlotOptions {
  const whole = rows.filter(({ parts }) => parts !== undefined);
  const medians = partMedians(rows) ?? { names: [], places: [], rows: [] };
  const stacks = medians.rows.flatMap(({ name, p50s }) => {
    let from = 0;
    return p50s.map((p50, index) => {
      from += p50;
      return { name, part: medians.names[index] ?? "", from: from - p50, to: from };
    });
  });
  return {
    ...laneOptions(
      width,
      whole.map(({ name, summary }) => ({ name, figure: `${figure(summary.p50)} ${unit}` })),
      { label: `${unit}, medians of the parts`, zero: true, nice: true },
      [Plot.rect(stacks, { ...BODY, x1: "from", x2: "to", fill: "part" }), Plot.ruleX([0], { y1: 0, y2: LANE_BODY })],
    ),
    color: { ...seriesColours(medians.names, medians.places), legend: true },
  };
}
