// The name of an artifact: a hash of everything that changes what preparing gives. Limits and policy do not.
import { HUTCH_VERSION } from "@hutch/core";
import { checksumOf } from "../checksum.ts";

/** @param content what is prepared, and the options that change the result */
export function artifactKey(kind: "wasm" | "bundle", content: readonly string[]): string {
  const versions = [Bun.version, Bun.revision, HUTCH_VERSION, process.arch];
  return checksumOf(new TextEncoder().encode(JSON.stringify([kind, versions, content])));
}
