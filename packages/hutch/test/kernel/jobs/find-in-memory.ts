// Searches all memory of a job, as far as it is there at all.
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { codeOf } from "./native-calls.ts";

const PAGE = 4096;
/**
 * Looks for `prefix` with a text behind it in all of this process's memory. The text comes with every character moved up by
 * one, so that looking for it does not put it there.
 */
export function findInMemory(prefix: string, moved: string): number {
  const memory = openSync("/proc/self/mem", "r");
  const pagemap = openSync("/proc/self/pagemap", "r");
  let found = 0;
  for (const line of readFileSync("/proc/self/maps", "latin1").split("\n")) {
    const [, from = "0", to = "0"] = /^([0-9a-f]+)-([0-9a-f]+) r/.exec(line) ?? [];
    for (let at = Number.parseInt(from, 16); at < Number.parseInt(to, 16); ) {
      const pages = Math.min(16_384, (Number.parseInt(to, 16) - at) / PAGE);
      const map = new BigUint64Array(pages);
      if (codeOf(() => readSync(pagemap, new Uint8Array(map.buffer), 0, pages * 8, (at / PAGE) * 8)) !== pages * 8)
        break;
      for (let page = 0; page < pages; page++) {
        let run = 0;
        while (page + run < pages && (map[page + run] ?? 0n) >> 62n !== 0n) run++;
        if (run === 0) continue;
        const bytes = Buffer.alloc(run * PAGE);
        const got = codeOf(() => readSync(memory, bytes, 0, bytes.byteLength, at + page * PAGE));
        if (typeof got === "number") found += countIn(bytes.subarray(0, got), prefix, moved);
        page += run;
      }
      at += pages * PAGE;
    }
  }
  for (const fd of [memory, pagemap]) closeSync(fd);
  return found;
}
function countIn(bytes: Buffer, prefix: string, moved: string): number {
  let found = 0;
  for (let at = bytes.indexOf(prefix); at >= 0; at = bytes.indexOf(prefix, at + 1)) {
    const same = [...moved].every(
      (character, index) => (bytes[at + prefix.length + index] ?? 0) + 1 === character.charCodeAt(0),
    );
    if (same) found++;
  }
  return found;
}
/** The same by a job that holds the text: the search can succeed. */
export function findOwn(held: string, prefix: string, moved: string): number {
  return held === "" ? 0 : findInMemory(prefix, moved);
}
