import { describe, expect, test } from "bun:test";
import { parseHTML } from "linkedom";
import { pageReport } from "../src/report/page.ts";
import { sampleResults } from "./sample-results.ts";

const page = pageReport(sampleResults());
const { document } = parseHTML(page);

describe("pageReport", () => {
  test("needs nothing but itself", () => {
    expect(document.querySelectorAll("script, link, img, iframe, object")).toHaveLength(0);
    expect(page).not.toMatch(/@import|url\((?!#)/);
    for (const element of document.querySelectorAll("[href], [src]"))
      expect(element.getAttribute("href") ?? element.getAttribute("src")).toStartWith("#");
  });

  test("draws every kind of plot for a wide window and for a phone", () => {
    for (const kind of ["spread", "line", "course", "error", "bars"]) {
      for (const width of ["wide", "narrow"]) {
        const drawings = document.querySelectorAll(`.${width} svg[aria-label^="sample-${kind}:"]`);
        const wanted = kind === "spread" ? 3 : 1;
        expect([kind, drawings.length]).toEqual([kind, wanted]);
        for (const drawing of drawings)
          expect(drawing.querySelectorAll("path, circle, rect").length).toBeGreaterThan(0);
      }
    }
    expect(page).not.toContain("NaN");
  });

  test("has a label at every tick", () => {
    const labels = document.querySelectorAll('[aria-label$="axis tick label"] text');
    expect(labels.length).toBeGreaterThan(20);
    for (const label of labels) expect(label.textContent).not.toBe("");
  });

  test("shows names and reasons as they are", () => {
    expect(document.querySelectorAll("b")).toHaveLength(0);
    expect(document.body.textContent).toContain('<b>"ours"</b>');
    expect(document.body.textContent).toContain("not installed & <missing>");
  });

  test("says which targets were not measured", () => {
    expect(document.querySelectorAll(".targets .not-measured").length).toBe(4);
    expect(document.querySelectorAll(".targets .pass").length).toBe(1);
  });
});
