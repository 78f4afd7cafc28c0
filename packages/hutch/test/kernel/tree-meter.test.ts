import { expect, test } from "bun:test";
import { closeSync, openSync } from "node:fs";
import { treeMeter } from "../../src/meter.ts";

test("what was seen of a tree holds while there are no descriptors to look with", () => {
  const meter = treeMeter(process.pid);
  const before = meter.cpuMs();
  expect(before).toBeGreaterThan(0);
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch {
    expect([meter.cpuMs(), meter.sampledMemoryBytes()]).toEqual([before, 0]);
  } finally {
    for (const fd of taken) closeSync(fd);
  }
  expect(taken.length).toBeGreaterThan(0);
  expect(meter.sampledMemoryBytes()).toBeGreaterThan(0);
});
