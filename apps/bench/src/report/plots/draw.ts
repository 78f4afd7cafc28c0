// Draws a plot as SVG text: once for a wide window and once for a phone, so that text is as large on both. No script in the page.
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

export type PlotOptions = Plot.PlotOptions;

/** Pixels of the two drawings; the style sheet shows the one that fits. */
const WIDTHS = { wide: 760, narrow: 340 } as const;

/** @param plot gives the options of a drawing that is so many pixels wide */
export function draw(plot: (width: number) => PlotOptions, label: string): string {
  return Object.entries(WIDTHS)
    .map(([name, width]) => `<div class="${name}">${drawOnce({ ariaLabel: label, ...plot(width), width })}</div>`)
    .join("\n");
}

function drawOnce(options: PlotOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const style = { background: "none", fontFamily: "inherit", fontSize: "12px" };
  return Plot.plot({ ...options, document, style }).outerHTML;
}
