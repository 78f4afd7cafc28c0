// One line of plain text out of whatever a job, a kernel or an error said: for reasons that people read in a terminal.
// TRUST: a job writes error names and messages, so nothing in them may move a cursor, fake a line or reverse the text.

const MAX_CHARACTERS = 500;
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+/gu;

/** Without control characters, without a full stop at its end, never empty, and at most some hundred characters long. */
export function sentence(text: string): string {
  const line = text
    .toWellFormed()
    .slice(0, MAX_CHARACTERS * 4)
    .replace(CONTROL, " ")
    .trim();
  const short = line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS).trimEnd()}…` : line;
  const bare = short.toWellFormed().replace(/[.\s]+$/u, "");
  return bare === "" ? "it gave no reason" : bare;
}

/** The message of whatever was thrown, as one such line. */
export function describeError(error: unknown): string {
  return sentence(error instanceof Error ? error.message : String(error));
}
