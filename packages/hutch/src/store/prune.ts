// Which files of a store go: first what nobody used for too long, then the least recently used until the rest fits. Pure.
import type { StoredFile } from "./store-folder.ts";

export interface StoreBounds {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

export function chooseForPruning(files: readonly StoredFile[], bounds: StoreBounds, nowMs: number): readonly string[] {
  const latestFirst = files.toSorted((a, b) => b.usedMs - a.usedMs || (a.name < b.name ? -1 : 1));
  let bytes = 0;
  return latestFirst
    .filter(({ sizeBytes, usedMs }) => {
      bytes += sizeBytes;
      return bytes > bounds.maxBytes || usedMs < nowMs - bounds.maxAgeMs;
    })
    .map(({ name }) => name);
}
