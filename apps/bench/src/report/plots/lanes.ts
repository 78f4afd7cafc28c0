// What plots with a lane for each contender share: the name stands above its lane, so that a phone has room for both.
import * as Plot from "@observablehq/plot";
import type { PlotOptions } from "./draw.ts";

const LANE_PX = 46;
/** Where names take two lines. */
const TALL_LANE_PX = 76;
/** Of a name, where its lane also has a figure at its end. */
const EM_PX = 6.4;
const FIGURE_PX = 84;

/** The whole of a lane is 0 to 1; what is drawn in it stays below its name. */
export const LANE_BODY = 0.62;
export const LANE_MIDDLE: number = LANE_BODY / 2;
const LABEL_GAP = 0.07;

export interface Lane {
  readonly name: string;
  /** What stands at the right end of the lane. */
  readonly figure: string;
}

/** @param width of the drawing in pixels */
export function laneOptions(
  width: number,
  lanes: readonly Lane[],
  x: PlotOptions["x"],
  marks: readonly Plot.Markish[],
): PlotOptions {
  const room = (width - FIGURE_PX) / EM_PX;
  const tall = lanes.some(({ name }) => name.length > room);
  // On top of what it is the name of, and away from the lane above.
  const label = { fy: "name", y: LANE_BODY + LABEL_GAP, lineAnchor: "bottom", fontSize: 12 } as const;
  return {
    height: lanes.length * (tall ? TALL_LANE_PX : LANE_PX) + 44,
    marginLeft: 8,
    marginRight: 8,
    marginTop: 6,
    marginBottom: 36,
    x: { ...x, grid: true },
    y: { axis: null, domain: [0, 1] },
    fy: { domain: lanes.map(({ name }) => name), axis: null, padding: 0.06 },
    marks: [
      ...marks,
      Plot.text(lanes, {
        ...label,
        lineWidth: room / 2,
        text: "name",
        frameAnchor: "left",
        textAnchor: "start",
        className: "lane-name",
      }),
      Plot.text(lanes, { ...label, text: "figure", frameAnchor: "right", textAnchor: "end", className: "lane-figure" }),
    ],
  };
}
