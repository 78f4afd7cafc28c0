// Which plots a scenario gets.
import type { PlotKind } from "../../contender.ts";
import type { ScenarioResult } from "../../judge.ts";
import { PARTS_TITLE } from "../parts.ts";
import { barPlot, partPlot } from "./bar-plot.ts";
import { coursePlot } from "./course-plot.ts";
import { draw, type PlotOptions } from "./draw.ts";
import { errorPlot } from "./error-plot.ts";
import { linePlot } from "./line-plot.ts";
import { ratioPlot } from "./ratio-plot.ts";
import { spreadPlot } from "./spread-plot.ts";

const PLOTS: Readonly<Record<PlotKind, readonly [title: string, plot: DrawScenario]>> = {
  spread: ["Distribution; line: median, dot: 99th of a hundred", spreadPlot],
  line: ["Medians; band: half of the values", linePlot],
  course: ["Course of the run; thick: median, thin: 99th of a hundred", coursePlot],
  error: ["Error of every run; band: what is allowed", errorPlot],
  bars: ["Median", barPlot],
};

type DrawScenario = (result: ScenarioResult, width: number) => PlotOptions;

export interface DrawnPlot {
  readonly title: string;
  readonly markup: string;
}

export function plotsOf(result: ScenarioResult): DrawnPlot[] {
  if (result.rows.length === 0) return [];
  const [title, plot] = PLOTS[result.plot];
  if (result.plot === "bars" && result.rows.every(({ parts }) => parts !== undefined))
    return [drawnAs(PARTS_TITLE, result, partPlot)];
  const drawn = [drawnAs(title, result, plot)];
  // Places have an axis of their own; a ratio of each to the first says nothing more.
  if (result.plot === "spread" && result.rows.some(({ ratio }) => ratio !== null))
    drawn.push(drawnAs(`Ratio to "${result.baseline}"; bar: 95 % interval`, result, ratioPlot));
  if (result.rows.some(({ parts }) => parts !== undefined)) drawn.push(drawnAs(PARTS_TITLE, result, partPlot));
  return drawn;
}

function drawnAs(title: string, result: ScenarioResult, plot: DrawScenario): DrawnPlot {
  return { title, markup: draw((width) => plot(result, width), `${result.name}: ${title}`) };
}
