import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { DEFAULT_LIMITS, DEFAULT_POLICY, parseOptions, type Report, ReportSchema } from "@hutch/core";
import { sampleReport } from "@hutch/core/testing";
import { renderSchemas, SCHEMAS_FOLDER } from "../scripts/generate-schemas.ts";

interface ObjectSchema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
  readonly additionalProperties: boolean;
}
const read = async (file: string): Promise<ObjectSchema> => await Bun.file(join(SCHEMAS_FOLDER, file)).json();

describe("schemas/", () => {
  test.each(Object.entries(renderSchemas()))("%s says what scripts/generate-schemas.ts says", async (file, text) => {
    expect(await Bun.file(join(SCHEMAS_FOLDER, file)).json()).toEqual(JSON.parse(text));
  });

  test("know every part of a report, a policy and limits, and no other", async () => {
    const report = await read("report.schema.json");
    expect(Object.keys(report.properties)).toEqual([...Object.keys(sampleReport()), "attempts"]);
    expect(report.required).toEqual(Object.keys(sampleReport()));
    expect(report.additionalProperties).toBe(false);
    expect(Object.keys((await read("limits.schema.json")).properties)).toEqual(Object.keys(DEFAULT_LIMITS));
    expect(Object.keys((await read("policy.schema.json")).properties).sort()).toEqual(
      [...Object.keys(DEFAULT_POLICY), "$schema", "description", "extends", "limits"].sort(),
    );
  });
});

describe("ReportSchema", () => {
  const parse = (report: unknown): Report => parseOptions("report", ReportSchema, report);

  test("accepts a report that went through JSON", () => {
    expect(parse(JSON.parse(JSON.stringify(sampleReport())))).toEqual(sampleReport());
    expect(parse(sampleReport({ exitCode: null, signal: "SIGKILL" })).signal).toBe("SIGKILL");
  });

  test("accepts the tries before the last one, and nothing else in their place", () => {
    const { status, blame, reason, usage } = sampleReport();
    const attempts = [{ status, blame, reason, usage }];
    expect(parse(sampleReport({ attempts }))).toEqual(sampleReport({ attempts }));
    expect(() => parse({ ...sampleReport(), attempts: [{ status, blame, reason }] })).toThrow("attempts[0]");
    expect(() => parse({ ...sampleReport(), attempts: [{ ...attempts[0], more: 1 }] })).toThrow("attempts[0].more");
  });

  test("refuses a report that lacks a part, has one too many, or another version", () => {
    for (const name of Object.keys(sampleReport()))
      expect(() => parse({ ...sampleReport(), [name]: undefined })).toThrow(`report.${name}`);
    expect(() => parse({ ...sampleReport(), extra: 1 })).toThrow('"report.extra"');
    expect(() => parse({ ...sampleReport(), version: 2 })).toThrow("report.version = 2");
    expect(() => parse({ ...sampleReport(), status: "fine" })).toThrow("report.status");
  });
});
