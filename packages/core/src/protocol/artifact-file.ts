// The file of an artifact: magic, format version, length of the manifest, manifest as JSON, the module's bytes.
// Whoever executes the bytes compares them with the manifest's checksum first: nothing is hashed in core.
import * as v from "valibot";
import type { ArtifactManifest } from "../artifact.ts";
import { HostError } from "../errors.ts";
import { parseOptions } from "../options.ts";
import { describeError } from "../sentence.ts";

/** The last four bytes are damaged by a transfer as text. */
const MAGIC: Uint8Array = Uint8Array.of(0x89, 0x48, 0x55, 0x54, 0x43, 0x48, 0x0d, 0x0a);
const FORMAT_VERSION = 1;
const HEADER_BYTES = MAGIC.byteLength + 8;
const MAX_MANIFEST_BYTES: number = 16 * 2 ** 20;
const HINT = "Prepare the module again: sandbox-cli prepare FILE.wasm -o ARTIFACT";

const ManifestSchema: v.GenericSchema<unknown, ArtifactManifest> = v.strictObject({
  formatVersion: v.literal(FORMAT_VERSION),
  kind: v.literal("wasm"),
  flavour: v.picklist(["wasi", "bytes"]),
  checksum: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits")),
  sizeBytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  exports: v.array(
    v.strictObject({ name: v.string(), kind: v.picklist(["function", "memory", "table", "global", "tag"]) }),
  ),
  imports: v.array(v.strictObject({ module: v.string(), name: v.string(), kind: v.string() })),
  bunVersion: v.string(),
  hutchVersion: v.string(),
});

/** @throws TypeError or RangeError for a manifest that is not one, or whose `sizeBytes` is not that of the bytes */
export function encodeArtifact(manifest: ArtifactManifest, bytes: Uint8Array): Uint8Array {
  const checked = parseOptions("manifest", ManifestSchema, manifest);
  if (checked.sizeBytes !== bytes.byteLength) {
    throw new RangeError(
      `Cannot use manifest.sizeBytes = ${checked.sizeBytes}: the module has ${bytes.byteLength} bytes`,
    );
  }
  const json = new TextEncoder().encode(JSON.stringify(checked));
  if (json.byteLength > MAX_MANIFEST_BYTES) {
    throw new RangeError(
      `Cannot encode the manifest: it has ${json.byteLength} bytes, ${MAX_MANIFEST_BYTES} are allowed`,
    );
  }
  const file = new Uint8Array(HEADER_BYTES + json.byteLength + bytes.byteLength);
  const view = new DataView(file.buffer);
  file.set(MAGIC);
  view.setUint32(MAGIC.byteLength, FORMAT_VERSION, true);
  view.setUint32(MAGIC.byteLength + 4, json.byteLength, true);
  file.set(json, HEADER_BYTES);
  file.set(bytes, HEADER_BYTES + json.byteLength);
  return file;
}

/**
 * The returned bytes are a view of the file's. They are not what the checksum says until the caller has compared it.
 * @throws HostError ARTIFACT_INVALID that says what is wrong with the file
 */
export function parseArtifact(file: Uint8Array): { readonly manifest: ArtifactManifest; readonly bytes: Uint8Array } {
  if (file.byteLength === 0) fail("it is empty");
  const hasMagic = MAGIC.subarray(0, file.byteLength).every((byte, index) => byte === file[index]);
  if (!hasMagic) fail(isWasm(file) ? "it is a wasm module that was not prepared" : "it is not an artifact");
  if (file.byteLength < HEADER_BYTES) fail(`it is cut off after ${file.byteLength} bytes`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const version = view.getUint32(MAGIC.byteLength, true);
  if (version !== FORMAT_VERSION) fail(`it is of format ${version}, and this version reads format ${FORMAT_VERSION}`);
  const length = view.getUint32(MAGIC.byteLength + 4, true);
  if (length > MAX_MANIFEST_BYTES) fail(`its manifest has ${length} bytes, ${MAX_MANIFEST_BYTES} are allowed`);
  const start = HEADER_BYTES + length;
  if (file.byteLength < start) fail(`it is cut off after ${file.byteLength} bytes, inside the manifest`);
  const manifest = parseManifest(file.subarray(HEADER_BYTES, start));
  const bytes = file.subarray(start);
  if (bytes.byteLength < manifest.sizeBytes)
    fail(`it is cut off: ${bytes.byteLength} of ${manifest.sizeBytes} bytes of the module are there`);
  if (bytes.byteLength > manifest.sizeBytes) fail(`${bytes.byteLength - manifest.sizeBytes} bytes follow the module`);
  return { manifest, bytes };
}

function parseManifest(json: Uint8Array): ArtifactManifest {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json);
    return parseOptions("manifest", ManifestSchema, JSON.parse(text));
  } catch (error) {
    return fail(`its manifest is damaged: ${describeError(error)}`, error);
  }
}

function isWasm(file: Uint8Array): boolean {
  return file[0] === 0x00 && file[1] === 0x61 && file[2] === 0x73 && file[3] === 0x6d;
}

function fail(what: string, cause?: unknown): never {
  throw new HostError(
    "ARTIFACT_INVALID",
    `Cannot read the artifact: ${what}`,
    cause === undefined ? { hints: [HINT] } : { cause, hints: [HINT] },
  );
}
