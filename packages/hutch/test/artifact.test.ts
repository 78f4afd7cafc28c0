import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Artifact, artifactOf, loadArtifact, moduleBytes } from "../src/artifact.ts";

const artifact = artifactOf(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]), {
  flavour: "bytes",
  exports: [],
  imports: [],
});

test("moduleBytes() takes what prepare() and loadArtifact() return, and no copy of it", () => {
  expect(moduleBytes(artifact)).toHaveLength(8);
  for (const other of [{ ...artifact }, undefined, "upper.hutch"])
    expect(() => moduleBytes(other as Artifact)).toThrow(
      new TypeError("Cannot use the artifact: expected what prepare() or loadArtifact() returned"),
    );
});

describe("artifact.write()", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
  });
  afterEach(() => {
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true });
  });

  test("writes it whole, over an older one, and leaves nothing beside it", () => {
    const path = join(folder, "module.hutch");
    writeFileSync(path, "old");
    artifact.write(path);
    expect(loadArtifact(path).manifest).toEqual(artifact.manifest);
    expect(readdirSync(folder)).toEqual(["module.hutch"]);
  });

  test("replaces a link, and does not write through it", () => {
    const [path, target] = [join(folder, "module.hutch"), join(folder, "target")];
    writeFileSync(target, "precious");
    symlinkSync(target, path);
    artifact.write(path);
    expect(readFileSync(target, "utf8")).toBe("precious");
    expect(loadArtifact(path).manifest.checksum).toBe(artifact.manifest.checksum);
  });

  test("names the path and the reason where it cannot, and leaves nothing behind", () => {
    const missing = join(folder, "no/such/module.hutch");
    expect(() => artifact.write(missing)).toThrow(`Cannot write the artifact to "${missing}": ENOENT`);
    expect(() => artifact.write("/proc/self/module.hutch")).toThrow(/"\/proc\/self\/module.hutch": E\w+$/);
    expect(() => artifact.write(folder)).toThrow(`"${folder}": E`);
    // Root may write everywhere.
    if (process.getuid?.() !== 0) {
      chmodSync(folder, 0o555);
      expect(() => artifact.write(join(folder, "x"))).toThrow("EACCES");
    }
    expect(readdirSync(folder)).toEqual([]);
    expect(readdirSync(join(folder, "..")).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });
});

test("loadArtifact() names a path that can not be read, and says what to give", () => {
  expect(() => loadArtifact("/no/such.hutch")).toThrow(
    new TypeError(
      'Cannot load path = "/no/such.hutch": there is no such file; give the path of a file that prepare() made',
    ),
  );
});
