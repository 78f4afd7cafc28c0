import { expect, test } from "bun:test";
import fc from "fast-check";
import { chooseForPruning } from "../../src/store/prune.ts";

const NOW = 1_000_000;
const files = fc.uniqueArray(
  fc.record({ name: fc.string(), sizeBytes: fc.nat(1000), usedMs: fc.integer({ min: 0, max: NOW }) }),
  { selector: ({ name }) => name },
);

test("chooseForPruning() takes the least recently used until the rest fits, and everything too old", () => {
  const bounds = fc.record({ maxBytes: fc.nat(5000), maxAgeMs: fc.nat(NOW) });
  fc.assert(
    fc.property(files, bounds, (given, { maxBytes, maxAgeMs }) => {
      const gone = new Set(chooseForPruning(given, { maxBytes, maxAgeMs }, NOW));
      const kept = given.filter(({ name }) => !gone.has(name));
      const sum = kept.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
      expect(sum).toBeLessThanOrEqual(maxBytes);
      expect(kept.every(({ usedMs }) => usedMs >= NOW - maxAgeMs)).toBe(true);
      // Nothing goes without need: the one that went last was too old, or would not have fitted.
      const removed = given.filter(({ name }) => gone.has(name)).toSorted((a, b) => b.usedMs - a.usedMs);
      const latest = removed[0];
      if (latest === undefined) return;
      expect(kept.every(({ usedMs }) => usedMs >= latest.usedMs)).toBe(true);
      const peers = removed.filter(({ usedMs }) => usedMs === latest.usedMs);
      expect(latest.usedMs < NOW - maxAgeMs || peers.some(({ sizeBytes }) => sum + sizeBytes > maxBytes)).toBe(true);
    }),
  );
});
