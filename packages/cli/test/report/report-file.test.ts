import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "hutch";
import { OutputFileError } from "../../src/output-file-error.ts";
import { openReportFile } from "../../src/report/report-file.ts";

const report = { version: 1, status: "ok" } as Report;

describe("openReportFile", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sandbox-cli-report-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("writes one JSON object and leaves nothing else behind", () => {
    const path = join(folder, "new.json");
    {
      using file = openReportFile(path);
      expect(existsSync(path)).toBe(false);
      file.write(report);
    }
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(report as never);
    expect(readdirSync(folder)).toEqual(["new.json"]);
  });

  test("has times to the microsecond, and every other number as it is", () => {
    const path = join(folder, "times.json");
    {
      using file = openReportFile(path);
      file.write({ usage: { wallMs: 29.241364000000004, peakMemoryBytes: 2 ** 40, processes: null } } as Report);
    }
    const usage = { wallMs: 29.241, peakMemoryBytes: 2 ** 40, processes: null };
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ usage });
    unlinkSync(path);
  });

  test("removes an old report at once, so that it is never taken for this run's", () => {
    const path = join(folder, "new.json");
    {
      using _file = openReportFile(path);
      expect(existsSync(path)).toBe(false);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test("replaces the file that a link points to, not the link", () => {
    const target = join(folder, "target.json");
    const link = join(folder, "link.json");
    writeFileSync(target, "old");
    symlinkSync(target, link);
    using file = openReportFile(link);
    file.write(report);
    expect(JSON.parse(readFileSync(target, "utf8"))).toEqual(report as never);
    expect(statSync(link).isFile()).toBe(true);
  });

  const forged = '{"status":"forged"}';
  const partialIn = (path: string): string =>
    join(path, readdirSync(path).find((name) => name.endsWith(".partial")) ?? "");

  test.each([
    ["another file", (partial: string) => writeFileSync(partial, forged)],
    ["a link to one", (partial: string) => symlinkSync(join(folder, "job.json"), partial)],
    ["a folder", (partial: string) => mkdirSync(partial)],
    ["nothing", () => {}],
  ])("a job that may write in the folder puts %s in its place: nobody takes that for the report", (_what, put) => {
    const path = join(folder, "forged.json");
    writeFileSync(join(folder, "job.json"), forged);
    {
      using file = openReportFile(path);
      const partial = partialIn(folder);
      unlinkSync(partial);
      put(partial);
      expect(() => file.write(report)).toThrow(
        new OutputFileError(`Cannot write the report "${path}": somebody replaced the file while the job ran`),
      );
    }
    expect(existsSync(path)).toBe(false);
    expect(readFileSync(join(folder, "job.json"), "utf8")).toBe(forged);
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  });

  test("what a job wrote into it before is gone", () => {
    const path = join(folder, "written.json");
    using file = openReportFile(path);
    writeFileSync(partialIn(folder), forged.repeat(100));
    file.write(report);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(report as never);
    rmSync(path);
  });

  test("writes to a device in place", () => {
    using file = openReportFile("/dev/null");
    file.write(report);
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  test.each([
    ["/nowhere/at/all.json", "there is no such file or folder"],
    ["/dev/null/x.json", "a part of the path is not a folder"],
    ["/tmp", "it is a folder"],
    ["/proc/report.json", "there is no such file or folder"],
  ])("refuses %s before anything runs: %s", (path, why) => {
    expect(() => openReportFile(path)).toThrow(new OutputFileError(`Cannot write the report "${path}": ${why}`));
  });
});
