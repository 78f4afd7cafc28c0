/** Breaks between words; a word that is longer than a line stays whole. @param indent in front of every line */
export function wrap(text: string, columns: number, indent = 0): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent + line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((text) => " ".repeat(indent) + text);
}

/** Columns of text that is not asked how wide the terminal is: the width that every terminal has. */
export const USUAL_COLUMNS = 80;
