import { describe, expect, test } from "bun:test";
import { type ArtifactManifest, encodeArtifact, type FileManifest, HostError, parseArtifact } from "@hutch/core";
import fc from "fast-check";
import { damages, thrownBy } from "./damage.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => new Bun.CryptoHasher("sha256").update(bytes).digest();
const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const manifest: ArtifactManifest = {
  formatVersion: 2,
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
  const error = thrownBy(() => parseArtifact(file, sha256));
  expect(error).toBeInstanceOf(HostError);
  expect((error as HostError).code).toBe("ARTIFACT_INVALID");
  expect((error as HostError).hints).not.toBeEmpty();
  return (error as Error).message.replace("Cannot read the artifact: ", "");
}

/** The file with another manifest's text. */
function withManifest(text: string): Uint8Array {
  const json = new TextEncoder().encode(text);
  const file = new Uint8Array(48 + json.byteLength + wasm.byteLength);
  file.set(encodeArtifact(manifest, wasm, sha256).subarray(0, 12));
  new DataView(file.buffer).setUint32(12, json.byteLength, true);
  file.set(sha256(json), 16);
  file.set(json, 48);
  file.set(wasm, 48 + json.byteLength);
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
        const { formatVersion, checksum, sizeBytes, bunVersion, hutchVersion } = full;
        const versions = { formatVersion, checksum, sizeBytes, bunVersion, hutchVersion };
        const bundle: FileManifest = { kind: "bundle", ...versions };
        for (const each of [full, bundle])
          expect(parseArtifact(encodeArtifact(each, bytes, sha256), sha256)).toEqual({ manifest: each, bytes });
      }),
    );
  });

  test("says what is wrong with the file", () => {
    const file = encodeArtifact(manifest, wasm, sha256);
    const version = file.slice();
    version[8] = 1;
    expect(why(new Uint8Array(0))).toBe("it is empty");
    expect(why(wasm)).toBe("it is a wasm module that was not prepared");
    expect(why(new TextEncoder().encode("#!/bin/sh\n"))).toBe("it is not an artifact");
    expect(why(file.subarray(0, 40))).toBe("it is cut off after 40 bytes");
    expect(why(file.subarray(0, 60))).toBe("it is cut off after 60 bytes, inside the manifest");
    expect(why(file.subarray(0, file.byteLength - 3))).toBe("it is cut off: 5 of 8 bytes of the code are there");
    expect(why(Uint8Array.of(...file, 0))).toBe("1 bytes follow the code");
    expect(why(version)).toBe("it is of format 1, and this version reads format 2");
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
    expect(why(withManifest(text({ kind: "bundle" })))).toContain('"manifest.');
  });

  test("notices each changed bit of the header and of the manifest", () => {
    const file = encodeArtifact(manifest, wasm, sha256);
    const headers = file.byteLength - wasm.byteLength;
    fc.assert(
      fc.property(fc.nat(headers - 1), fc.nat(7), (at, bit) => {
        const flipped = file.slice();
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        expect(why(flipped)).not.toBe("");
      }),
      { numRuns: 1000 },
    );
  });

  test("gives an artifact or ARTIFACT_INVALID for random and damaged bytes", () => {
    const file = encodeArtifact(manifest, wasm, sha256);
    const settles = (bytes: Uint8Array): void => {
      try {
        parseArtifact(bytes, sha256);
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
    expect(() => encodeArtifact({ ...manifest, sizeBytes: 3 }, wasm, sha256)).toThrow(
      "Cannot use manifest.sizeBytes = 3: the code has 8 bytes",
    );
    expect(() => encodeArtifact({ ...manifest, checksum: "" }, wasm, sha256)).toThrow(TypeError);
  });
});
