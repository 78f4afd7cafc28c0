// Writes the JSON Schemas that the package ships: bun --conditions=hutch-source scripts/generate-schemas.ts
// A test compares the files with this program's output.
import { join } from "node:path";
import { toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { LimitsSchema } from "../src/limits.ts";
import { PolicyFileSchema } from "../src/policy-layers.ts";
import { ReportSchema } from "../src/report.ts";
import { syscallProfileSchema } from "../src/syscall-profile.ts";

const SCHEMAS: Readonly<Record<string, { readonly title: string; readonly schema: GenericSchema }>> = {
  "report.schema.json": { title: "Report of one Hutch job, version 1", schema: ReportSchema },
  "policy.schema.json": { title: "Policy of a Hutch job: what it may see and use", schema: PolicyFileSchema },
  "limits.schema.json": { title: "Limits of a Hutch job: what it may consume", schema: LimitsSchema },
};

export const SCHEMAS_FOLDER: string = join(import.meta.dir, "..", "schemas");

/** Text of every file by its name. */
export function renderSchemas(): Record<string, string> {
  return Object.fromEntries(Object.entries(SCHEMAS).map(([file, { title, schema }]) => [file, render(title, schema)]));
}

function render(title: string, schema: GenericSchema): string {
  // Checks in code, such as "no NUL byte", have no counterpart: the schema accepts a little more than the parser does.
  const { $schema, ...rest } = toJsonSchema(schema, {
    target: "draft-2020-12",
    errorMode: "ignore",
    definitions: schema === PolicyFileSchema ? { syscallProfile: syscallProfileSchema() } : {},
  });
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(renderSchemas())) await Bun.write(join(SCHEMAS_FOLDER, file), text);
}
