// Pieces of the page as text. Everything that comes from a result passes through escapeText.
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

export function paragraph(text: string, name = ""): string {
  return `<p${name === "" ? "" : ` class="${name}"`}>${escapeText(text)}</p>`;
}

/** @param items already markup */
export function list(items: readonly string[], name = ""): string {
  if (items.length === 0) return "";
  const rows = items.map((item) => `<li>${item}</li>`).join("\n");
  return `<ul${name === "" ? "" : ` class="${name}"`}>\n${rows}\n</ul>`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (tag: string, cells: readonly string[]): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeText(cell)}</${tag}>`).join("")}</tr>`;
  return `<div class="scroll"><table>\n${row("th", head)}\n${rows.map((cells) => row("td", cells)).join("\n")}\n</table></div>`;
}

/** @param inside already markup */
export function folded(title: string, inside: string): string {
  return inside === "" ? "" : `<details><summary>${escapeText(title)}</summary>\n${inside}\n</details>`;
}
