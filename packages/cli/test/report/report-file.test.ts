import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
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
