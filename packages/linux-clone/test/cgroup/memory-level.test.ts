import { expect, test } from "bun:test";
import { filePagesBytes, machineRoom, openMemoryLevel, parseStalledPercent } from "../../src/cgroup/memory-level.ts";

test("parseStalledPercent() reads how long some process waited, and 0 where nobody counts", () => {
  const pressure = "some avg10=12.50 avg60=3.00 avg300=1.00 total=99\nfull avg10=7.00 avg60=1.00 avg300=0.00 total=5\n";
  expect([parseStalledPercent(pressure), parseStalledPercent("")]).toEqual([12.5, 0]);
});

test("filePagesBytes() adds what the kernel can read again, of all folders below", () => {
  expect(filePagesBytes("anon 9\ninactive_file 4096\nactive_file 8192\n")).toBe(12_288);
  expect(filePagesBytes("inactive_file 1\nactive_file 2\ntotal_inactive_file 10\ntotal_active_file 20\n")).toBe(30);
});

test("machineRoom() is what the kernel says is available, or nothing", () => {
  expect(machineRoom("MemTotal:       2048 kB\nMemFree:   1 kB\nMemAvailable:    1024 kB\n")).toEqual([
    { of: "the machine", limitBytes: 2 ** 21, freeBytes: 2 ** 20 },
  ]);
  expect(machineRoom("MemTotal:       2048 kB\nMemFree:   1 kB\n")).toEqual([]);
});

test("openMemoryLevel() sees this machine", () => {
  const { stalledPercent, rooms } = openMemoryLevel(null)();
  expect(stalledPercent).toBeGreaterThanOrEqual(0);
  expect(stalledPercent).toBeLessThanOrEqual(100);
  expect(rooms.at(-1)?.of).toBe("the machine");
  for (const { limitBytes, freeBytes } of rooms) {
    expect(limitBytes).toBeGreaterThan(0);
    expect(freeBytes).toBeGreaterThanOrEqual(0);
  }
});
