// How a path reads in an error: quoted, so that control characters and spaces show.
import type { CText } from "./pointer.ts";

const decoder = new TextDecoder();

export function quote(path: CText): string {
  return JSON.stringify(typeof path === "string" ? path : decoder.decode(path));
}
