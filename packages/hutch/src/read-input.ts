// A file that a caller named: one that is not there is the caller's slip, and is told as that.
import { readFileSync } from "node:fs";

/** @param doing such as `Cannot prepare module` @param give what to do @throws TypeError that names the path and the reason */
export function readInput(path: string, doing: string, give: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    const { code } = cause as { readonly code?: string };
    const why = code === "ENOENT" ? "there is no such file" : `it can not be read (${code})`;
    throw new TypeError(`${doing} = "${path}": ${why}; ${give}`, { cause });
  }
}
