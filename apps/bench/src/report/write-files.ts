// The files of --out: everything as JSON, the tables as Markdown, the plots as one page.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markdownReport } from "./markdown.ts";
import { pageReport } from "./page.ts";
import type { Results } from "./results.ts";

/** @returns the paths of what was written */
export function writeFiles(folder: string, results: Results): string[] {
  mkdirSync(folder, { recursive: true });
  const files: readonly (readonly [string, string])[] = [
    ["results.json", `${JSON.stringify(results, rounded, 1)}\n`],
    ["results.md", markdownReport(results)],
    ["report.html", pageReport(results)],
  ];
  return files.map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
}

/** To a nanosecond, where the unit is a millisecond. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toFixed(6)) : value;
}
