import { describe, expect, test } from "bun:test";
import { parseChildrenCpuMs, parsePeakBytes, parseRssBytes, treeUsage } from "../src/tree-usage.ts";

describe("parseChildrenCpuMs", () => {
  test("adds the time of waited-for children, whatever the process is called", () => {
    expect(parseChildrenCpuMs("12 (a) S ) (b) R 1 12 12 0 -1 4194304 100 0 0 0 7 3 2 1 20 0 1 0 5 6 7")).toBe(30);
    expect(parseChildrenCpuMs("")).toBe(0);
  });
});

describe("parseRssBytes", () => {
  test("counts memory that was written and shared memory, not pages of files", () => {
    expect(parseRssBytes("Name:\tx\nVmRSS:\t 900 kB\nRssAnon:\t 100 kB\nRssFile:\t 700 kB\nRssShmem:\t 20 kB\n")).toBe(
      120 * 1024,
    );
    expect(parseRssBytes("State:\tZ (zombie)\n")).toBe(0);
  });
});

describe("parsePeakBytes", () => {
  test("is the high-water mark without pages of files, and never less than what is in use", () => {
    const status = "VmHWM:\t 900 kB\nRssAnon:\t 100 kB\nRssFile:\t 500 kB\nRssShmem:\t 20 kB\n";
    expect(parsePeakBytes(status)).toBe(400 * 1024);
    expect(parsePeakBytes(status.replace("900", "510"))).toBe(120 * 1024);
    expect(parsePeakBytes("State:\tZ (zombie)\n")).toBe(0);
  });
});

describe("treeUsage", () => {
  test("sees this process, and nothing of one that does not exist", () => {
    expect(treeUsage(process.pid).rssBytes).toBeGreaterThan(1e6);
    expect(treeUsage(process.pid).cpuMs).toBeGreaterThan(0);
    expect(treeUsage(0x3fffffff)).toEqual({ cpuMs: 0, rssBytes: 0, largestPeakBytes: 0, processes: 0 });
  });
});
