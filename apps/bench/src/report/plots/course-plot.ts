// How values change while a run goes on: the median and the 99th of a hundred of neighbouring turns.
import * as Plot from "@observablehq/plot";
import { quantileSorted } from "simple-statistics";
import type { Row, ScenarioResult } from "../../judge.ts";
import { ascending } from "../../statistics/summary.ts";
import { seriesColours } from "./colours.ts";
import type { PlotOptions } from "./draw.ts";

const HEIGHT = 320;
const GROUPS = 60;

interface Group {
  readonly name: string;
  readonly turn: number;
  readonly middle: number;
  readonly high: number;
}

export function coursePlot({ rows, unit }: ScenarioResult): PlotOptions {
  const groups = rows.flatMap(groupsOf);
  const line = { x: "turn", z: "name", stroke: "name" } as const;
  return {
    height: HEIGHT,
    marginLeft: 52,
    marginRight: 16,
    marginBottom: 40,
    x: { label: "number of the call", grid: true },
    y: { label: unit, zero: true, grid: true, nice: true },
    color: { ...seriesColours(rows.map(({ name }) => name)), legend: true },
    marks: [
      Plot.line(groups, { ...line, y: "high", strokeWidth: 1, strokeOpacity: 0.6 }),
      Plot.line(groups, { ...line, y: "middle", strokeWidth: 2.5 }),
      Plot.ruleY([0]),
    ],
  };
}

function groupsOf({ name, values }: Row): Group[] {
  const size = Math.max(1, Math.ceil(values.length / GROUPS));
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) => {
    const sorted = ascending(values.slice(index * size, (index + 1) * size));
    return {
      name,
      turn: index * size + sorted.length / 2,
      middle: quantileSorted(sorted, 0.5),
      high: quantileSorted(sorted, 0.99),
    };
  });
}
