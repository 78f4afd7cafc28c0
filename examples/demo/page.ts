// What the demo prints: headings, aligned columns and wrapped lines, at most 96 columns wide, with and without colours.
import { styleText } from "node:util";

export type Colour = "green" | "red" | "yellow" | "dim" | "bold";

const LEAST_WIDTH = 60;
const MOST_WIDTH = 96;

/** NO_COLOR, FORCE_COLOR and whether stdout is a terminal decide. */
export function paint(colour: Colour, text: string): string {
  return styleText(colour, text, { stream: process.stdout });
}

/** Terminals wrap at their edge; a pipe has none. */
export function pageWidth(): number {
  return Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, process.stdout.columns ?? 80));
}

export function heading(text: string): void {
  console.log(`\n${paint("bold", text)}`);
}

/** Lines of words with a hanging indent. A word that is longer than a line goes on in the next one. */
export function wrap(text: string, indent: number, firstColumn = ""): string {
  const room = pageWidth() - indent;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((each) => each.match(new RegExp(`.{1,${room}}`, "gs")) ?? [])) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line].map((each, index) => (index === 0 ? firstColumn : "").padEnd(indent) + each).join("\n");
}

export interface Column {
  readonly title: string;
  readonly width: number;
  readonly right?: true;
}

/** One row; each cell is padded before it is coloured. */
export function row(
  columns: readonly Column[],
  cells: readonly string[],
  colours: readonly (Colour | null)[] = [],
): string {
  return columns
    .map(({ width, right }, index) => {
      const cell = cells[index] ?? "";
      const padded = right ? cell.padStart(width) : cell.padEnd(width);
      const colour = colours[index] ?? null;
      return colour === null ? padded : paint(colour, padded);
    })
    .join(" ")
    .trimEnd();
}
