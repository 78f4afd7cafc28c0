import { expect, test } from "bun:test";
import manifest from "../package.json" with { type: "json" };
import { HUTCH_VERSION } from "../src/index.ts";

test("HUTCH_VERSION is the version of the package", () => {
  expect(HUTCH_VERSION).toBe(manifest.version);
});
