import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { arch } from "../../src/platform.ts";
import arm64 from "../layout.aarch64.json" with { type: "json" };
import x86 from "../layout.x86_64.json" with { type: "json" };

const compiler = Bun.which("cc") ?? Bun.which("gcc") ?? Bun.which("clang");

test.skipIf(compiler === null)("layout.c prints the golden file of this machine (skipped without a C compiler)", () => {
  const folder = mkdtempSync(`${tmpdir()}/hutch-layout-`);
  try {
    const compiled = Bun.spawnSync([
      compiler as string,
      `${import.meta.dir}/../../native/layout.c`,
      "-o",
      `${folder}/layout`,
    ]);
    expect(compiled.stderr.toString()).toBe("");
    const printed = JSON.parse(Bun.spawnSync([`${folder}/layout`]).stdout.toString());
    expect(printed).toEqual(arch() === "arm64" ? arm64 : x86);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
