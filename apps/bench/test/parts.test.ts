import { expect, test } from "bun:test";
import type { Row } from "../src/judge.ts";
import { partMedians, partsTable } from "../src/report/parts.ts";
import { summarize } from "../src/statistics/summary.ts";

function row(name: string, parts?: Record<string, readonly number[]>): Row {
  const values = [1, 2, 3];
  return { name, how: "", values, summary: summarize(values), ratio: null, ...(parts === undefined ? {} : { parts }) };
}

test("what no row has is left out, what one does not have is empty, and rows without parts are not there", () => {
  const rows = [
    row("waits", { prepare: [1, 3, 2], clone: [0, 0, 9], request: [0, 0, 0] }),
    row("plain"),
    row("on demand", { prepare: [1, 1, 1], clone: [4, 5, 6], request: [0, 0, 0] }),
  ];
  expect(partMedians(rows)).toEqual({
    names: ["prepare", "clone"],
    places: [0, 1],
    rows: [
      { name: "waits", p50s: [2, 0] },
      { name: "on demand", p50s: [1, 5] },
    ],
  });
  expect(partsTable(rows)).toEqual({
    head: ["", "prepare", "clone"],
    body: [
      ["waits", "2.00", ""],
      ["on demand", "1.00", "5.00"],
    ],
  });
});

test("without parts there is no table", () => {
  expect(partsTable([row("plain"), row("nothing", { prepare: [0, 0, 0] })])).toBeNull();
});
