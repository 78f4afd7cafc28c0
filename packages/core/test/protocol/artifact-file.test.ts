import { describe, expect, test } from "bun:test";
import { type ArtifactManifest, encodeArtifact, HostError, parseArtifact } from "@hutch/core";
import fc from "fast-check";
import { damages, thrownBy } from "./damage.ts";

const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const manifest: ArtifactManifest = {
  formatVersion: 1,
  kind: "wasm",
  flavour: "bytes",
  checksum: "ab".repeat(32),
  sizeBytes: wasm.byteLength,
  exports: [{ name: "grün\ufeff", kind: "function" }],
  imports: [{ module: "env", name: "f", kind: "function" }],
  bunVersion: "1.4.5",
  hutchVersion: "0.1.0",
};

function why(file: Uint8Array): string {
  const error = thrownBy(() => parseArtifact(file));
  expect(error).toBeInstanceOf(HostError);
  expect((error as HostError).code).toBe("ARTIFACT_INVALID");
  expect((error as HostError).hints).not.toBeEmpty();
  return (error as Error).message.replace("Cannot read the artifact: ", "");
}

/** The file with another manifest's text. */
function withManifest(text: string): Uint8Array {
  const json = new TextEncoder().encode(text);
  const file = new Uint8Array(16 + json.byteLength + wasm.byteLength);
  file.set(encodeArtifact(manifest, wasm).subarray(0, 12));
  new DataView(file.buffer).setUint32(12, json.byteLength, true);
  file.set(json, 16);
  file.set(wasm, 16 + json.byteLength);
  return file;
}

describe("parseArtifact()", () => {
  test("brings back manifest and bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string({ unit: "binary" }), (bytes, name) => {
        const full: ArtifactManifest = {
          ...manifest,
          sizeBytes: bytes.byteLength,
          exports: [{ name, kind: "memory" }],
        };
        expect(parseArtifact(encodeArtifact(full, bytes))).toEqual({ manifest: full, bytes });
      }),
    );
  });

  test("says what is wrong with the file", () => {
    const file = encodeArtifact(manifest, wasm);
    const version = file.slice();
    version[8] = 2;
    expect(why(new Uint8Array(0))).toBe("it is empty");
    expect(why(wasm)).toBe("it is a wasm module that was not prepared");
    expect(why(new TextEncoder().encode("#!/bin/sh\n"))).toBe("it is not an artifact");
    expect(why(file.subarray(0, 12))).toBe("it is cut off after 12 bytes");
    expect(why(file.subarray(0, 40))).toBe("it is cut off after 40 bytes, inside the manifest");
    expect(why(file.subarray(0, file.byteLength - 3))).toBe("it is cut off: 5 of 8 bytes of the module are there");
    expect(why(Uint8Array.of(...file, 0))).toBe("1 bytes follow the module");
    expect(why(version)).toBe("it is of format 2, and this version reads format 1");
    const endless = file.slice();
    endless.fill(0xff, 12, 16);
    expect(why(endless)).toBe("its manifest has 4294967295 bytes, 16777216 are allowed");
  });

  test("says what is wrong with the manifest", () => {
    const text = (parts: object): string => JSON.stringify({ ...manifest, ...parts });
    expect(why(withManifest("{"))).toStartWith("its manifest is damaged: ");
    expect(why(withManifest("[".repeat(100_000)))).toStartWith("its manifest is damaged: ");
    expect(why(withManifest(text({ checksum: "AB".repeat(32) })))).toContain("expected 64 hexadecimal digits");
    expect(why(withManifest(text({ sizeBytes: -1 })))).toContain("manifest.sizeBytes = -1");
    expect(why(withManifest(text({ kind: "elf" })))).toContain('manifest.kind = "elf"');
    expect(why(withManifest(text({ extra: 1 })))).toContain('"manifest.extra"');
    expect(why(withManifest('{"__proto__":{}}'))).toStartWith("its manifest is damaged: ");
  });

  test("gives an artifact or ARTIFACT_INVALID for random and damaged bytes", () => {
    const file = encodeArtifact(manifest, wasm);
    const settles = (bytes: Uint8Array): void => {
      try {
        parseArtifact(bytes);
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
      }
    };
    fc.assert(fc.property(fc.uint8Array(), settles));
    fc.assert(
      fc.property(damages, (damage) => settles(damage(file))),
      { numRuns: 2000 },
    );
    for (let end = 0; end < file.byteLength; end += 1) expect(why(file.subarray(0, end))).not.toBe("");
  });
});

describe("encodeArtifact()", () => {
  test("refuses a manifest that does not fit the bytes or is none", () => {
    expect(() => encodeArtifact({ ...manifest, sizeBytes: 3 }, wasm)).toThrow(
      "Cannot use manifest.sizeBytes = 3: the module has 8 bytes",
    );
    expect(() => encodeArtifact({ ...manifest, checksum: "" }, wasm)).toThrow(TypeError);
  });
});
