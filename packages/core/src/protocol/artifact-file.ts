// The file of an artifact: magic, format version, length and SHA-256 of the manifest, manifest as JSON, the code's bytes.
// Whoever executes the bytes compares them with the manifest's checksum first. Nothing is hashed in core: the caller brings that.
import * as v from "valibot";
import type { FileManifest } from "../artifact.ts";
import { HostError } from "../errors.ts";
import { parseOptions } from "../options.ts";
import { describeError } from "../sentence.ts";

/** The last four bytes are damaged by a transfer as text. */
const MAGIC: Uint8Array = Uint8Array.of(0x89, 0x48, 0x55, 0x54, 0x43, 0x48, 0x0d, 0x0a);
const FORMAT_VERSION = 2;
const DIGEST_AT = MAGIC.byteLength + 8;
const DIGEST_BYTES = 32;
const HEADER_BYTES = DIGEST_AT + DIGEST_BYTES;
const MAX_MANIFEST_BYTES: number = 16 * 2 ** 20;
const HINT = "Prepare the module again: sandbox-cli prepare FILE.wasm -o ARTIFACT";

const vouched = {
  formatVersion: v.literal(FORMAT_VERSION),
  checksum: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits")),
  sizeBytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  bunVersion: v.string(),
  hutchVersion: v.string(),
};

const ManifestSchema: v.GenericSchema<unknown, FileManifest> = v.variant("kind", [
  v.strictObject({
    ...vouched,
    kind: v.literal("wasm"),
    flavour: v.picklist(["wasi", "bytes"]),
    exports: v.array(
      v.strictObject({ name: v.string(), kind: v.picklist(["function", "memory", "table", "global", "tag"]) }),
    ),
    imports: v.array(v.strictObject({ module: v.string(), name: v.string(), kind: v.string() })),
  }),
  v.strictObject({ ...vouched, kind: v.literal("bundle") }),
]);

/** SHA-256. */
export type Digest = (bytes: Uint8Array) => Uint8Array;

/** @throws TypeError or RangeError for a manifest that is not one, or whose `sizeBytes` is not that of the bytes */
export function encodeArtifact(manifest: FileManifest, bytes: Uint8Array, digest: Digest): Uint8Array {
  const checked = parseOptions("manifest", ManifestSchema, manifest);
  if (checked.sizeBytes !== bytes.byteLength) {
    throw new RangeError(
      `Cannot use manifest.sizeBytes = ${checked.sizeBytes}: the code has ${bytes.byteLength} bytes`,
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
  file.set(digest(json), DIGEST_AT);
  file.set(json, HEADER_BYTES);
  file.set(bytes, HEADER_BYTES + json.byteLength);
  return file;
}

/**
 * The returned bytes are a view of the file's. They are not what the checksum says until the caller has compared it.
 * @throws HostError ARTIFACT_INVALID that says what is wrong with the file
 */
export function parseArtifact(
  file: Uint8Array,
  digest: Digest,
): { readonly manifest: FileManifest; readonly bytes: Uint8Array } {
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
  const json = file.subarray(HEADER_BYTES, start);
  const told = file.subarray(DIGEST_AT, HEADER_BYTES);
  if (!digest(json).every((byte, index) => byte === told[index]))
    fail("its manifest is damaged: its checksum is not that of its bytes");
  const manifest = parseManifest(json);
  const bytes = file.subarray(start);
  if (bytes.byteLength < manifest.sizeBytes)
    fail(`it is cut off: ${bytes.byteLength} of ${manifest.sizeBytes} bytes of the code are there`);
  if (bytes.byteLength > manifest.sizeBytes) fail(`${bytes.byteLength - manifest.sizeBytes} bytes follow the code`);
  return { manifest, bytes };
}

function parseManifest(json: Uint8Array): FileManifest {
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
