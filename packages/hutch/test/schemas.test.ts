import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";

const text = (specifier: string): Promise<string> => Bun.file(fileURLToPath(import.meta.resolve(specifier))).text();

test.each(["policy.schema.json", "report.schema.json"])("hutch/%s is what core's sources say", async (file) => {
  expect(await text(`hutch/${file}`)).toBe(await text(`@hutch/core/schemas/${file}`));
});
