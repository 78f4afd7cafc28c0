// Text that a job wrote, made fit for a terminal. TRUST: an error's message or a reason may hold escape sequences that
// move the cursor, retitle the window or hide what follows.

// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are the point.
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Of these JSON escapes none by itself: controls of eight bits, line separators, and what turns the direction of text. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** The same value as JSON that a terminal shows and does not act upon. @param json as JSON.stringify writes it */
export function printableJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** One line: line breaks become visible too. */
export function printableLine(text: string): string {
  return printableText(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

/** Line breaks and tabs stay, everything else that a terminal would act upon becomes visible. */
export function printableText(text: string): string {
  return text.toWellFormed().replace(UNSAFE, escapeOf);
}

function escapeOf(character: string): string {
  if (character === "\r") return "\\r";
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
