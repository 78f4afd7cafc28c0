// The table of the demo: one line per job, with the figures of its report.
import type { Report } from "hutch";
import { type Column, paint, row, wrap } from "./page.ts";

const COLUMNS: readonly Column[] = [
  { title: "job", width: 25 },
  { title: "verdict", width: 14 },
  { title: "CPU", width: 9, right: true },
  { title: "memory", width: 10, right: true },
  { title: "wall", width: 9, right: true },
  { title: "start", width: 5 },
];
const INDENT = 4;

export function tableHead(): string {
  return paint(
    "dim",
    row(
      COLUMNS,
      COLUMNS.map(({ title }) => title),
    ),
  );
}

/** @param wanted the verdict that the demo expects: anything else is shown in red */
export function jobRow(name: string, report: Report, wanted: readonly string[]): string {
  const { status, usage, isolation } = report;
  const cells = [
    name,
    status,
    `${usage.cpuMs.toFixed(1)} ms`,
    `${(usage.peakMemoryBytes / 2 ** 20).toFixed(1)} MiB`,
    `${usage.wallMs.toFixed(1)} ms`,
    isolation.start,
  ];
  const colour = !wanted.includes(status) ? "red" : status === "ok" ? "green" : "yellow";
  return row(COLUMNS, cells, [null, colour]);
}

export function note(text: string): string {
  return paint("dim", wrap(text, INDENT));
}
