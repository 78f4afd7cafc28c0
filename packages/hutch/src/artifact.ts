// Prepared wasm: validated in a job of its own, kept with its checksum, checked again each time it is loaded.
// The bytes are copied once into memory that nobody else refers to, and checked there. Each job gets a sealed memfd of its own
// with a copy of them: of a shared one, jobs could change the mode, the times and the locks.
import { randomBytes } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  type ArtifactManifest,
  encodeArtifact,
  HostError,
  HUTCH_VERSION,
  parseArtifact,
  type WasmDescription,
} from "@hutch/core";
import { checksumOf, digestOf } from "./checksum.ts";
import { readInput } from "./read-input.ts";

/** Where no caller gets at them. */
const modules: WeakMap<Artifact, Uint8Array> = new WeakMap();
/** Where the same artifact is to be had again. */
const sources: WeakMap<Artifact, () => Promise<Artifact | null>> = new WeakMap();

/** A wasm module that was compiled and validated in a job: of prepare(), pool.prepare() or loadArtifact(). */
export class Artifact {
  /** What the job found out about it, and the checksum of its bytes. */
  readonly manifest: ArtifactManifest;

  /**
   * @param module nobody else's from now on
   * @throws HostError ARTIFACT_INVALID when the bytes are not those of the checksum
   */
  constructor(manifest: ArtifactManifest, module: Uint8Array) {
    const checksum = checksumOf(module);
    if (checksum !== manifest.checksum) {
      throw new HostError(
        "ARTIFACT_INVALID",
        `Cannot use the artifact: its module has checksum ${checksum}, its manifest says ${manifest.checksum}`,
        { hints: ["Prepare it again from the wasm file"] },
      );
    }
    this.manifest = manifest;
    modules.set(this, module);
  }

  /**
   * Writes it whole or not at all, over what is there.
   * @throws HostError HOST_FAILURE that names the path, with the system's error as its cause
   */
  write(path: string): void {
    const partial = `${path}.${randomBytes(6).toString("hex")}.partial`;
    try {
      // "wx": nobody else's file or link is written to, whatever its name.
      writeFileSync(partial, encodeWasm(this), { flag: "wx" });
      renameSync(partial, path);
    } catch (cause) {
      rmSync(partial, { force: true });
      const code = (cause as { readonly code?: unknown }).code;
      throw new HostError("HOST_FAILURE", `Cannot write the artifact to "${path}": ${String(code ?? cause)}`, {
        cause,
        hints: ["Name a file in a folder that is there and that this process may write to"],
      });
    }
  }
}

function codeOf(artifact: Artifact): Uint8Array {
  const code = modules.get(artifact);
  if (code === undefined)
    throw new TypeError("Cannot use the artifact: expected what prepare() or loadArtifact() returned");
  return code;
}

/** The module's bytes, for a job. @throws HostError ARTIFACT_INVALID for another Bun or Hutch than the one that prepared it */
export function moduleBytes(artifact: Artifact): Uint8Array {
  const code = codeOf(artifact);
  const { bunVersion, hutchVersion } = artifact.manifest;
  if (bunVersion !== Bun.version || hutchVersion !== HUTCH_VERSION) {
    throw new HostError(
      "ARTIFACT_INVALID",
      `Cannot use the artifact: it was prepared by Hutch ${hutchVersion} on Bun ${bunVersion}, this is Hutch ${HUTCH_VERSION} on Bun ${Bun.version}`,
      {
        hints: ["Prepare it again from the wasm file"],
      },
    );
  }
  return code;
}

/** As a file. */
export function encodeWasm(artifact: Artifact): Uint8Array {
  return encodeArtifact(artifact.manifest, codeOf(artifact), digestOf);
}

/**
 * An artifact of a module that a job validated. TRUST: only the description is the job's word; checksum, size and versions are ours.
 * @param module the bytes that it validated; nobody else's from now on
 * @throws HostError ARTIFACT_INVALID when the description is not one
 */
export function artifactOf(module: Uint8Array, description: WasmDescription): Artifact {
  const manifest: ArtifactManifest = {
    formatVersion: 2,
    kind: "wasm",
    ...description,
    checksum: checksumOf(module),
    sizeBytes: module.byteLength,
    bunVersion: Bun.version,
    hutchVersion: HUTCH_VERSION,
  };
  return new Artifact(manifest, module);
}

/**
 * @throws HostError ARTIFACT_INVALID when the file is not an artifact, is damaged, or its checksum does not match; TypeError for a
 * path that can not be read
 */
export function loadArtifact(path: string): Artifact {
  const file = readInput(path, "Cannot load path", "give the path of a file that prepare() made");
  try {
    const artifact = decodeWasm(file);
    const from = resolve(path);
    rememberSource(artifact, () => loadAgain(from));
    return artifact;
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const { code, message, cause, hints } = error;
    throw new HostError(code, `${message} (in "${path}")`, { hints, ...(cause === undefined ? {} : { cause }) });
  }
}

/** null where it is gone or damaged by now: who has the artifact hears that it is. */
async function loadAgain(path: string): Promise<Artifact | null> {
  try {
    return loadArtifact(path);
  } catch (error) {
    if (error instanceof HostError || error instanceof TypeError) return null;
    throw error;
  }
}

/** @param again null where there is none any more */
export function rememberSource(artifact: Artifact, again: () => Promise<Artifact | null>): void {
  sources.set(artifact, again);
}

/** Takes the module's bytes anew from where the artifact came from. @returns false where they are not to be had */
export async function mendArtifact(artifact: Artifact): Promise<boolean> {
  const again = (await sources.get(artifact)?.()) ?? null;
  if (again === null || again.manifest.checksum !== artifact.manifest.checksum) return false;
  modules.set(artifact, codeOf(again));
  return true;
}

/** @param file nobody else's from now on @throws HostError ARTIFACT_INVALID as loadArtifact() */
function decodeWasm(file: Uint8Array): Artifact {
  const { manifest, bytes } = parseArtifact(file, digestOf);
  if (manifest.kind === "wasm") return new Artifact(manifest, bytes);
  throw new HostError("ARTIFACT_INVALID", "Cannot use the artifact: it is a bundled function module, not wasm", {
    hints: ["Name an artifact that was prepared from a wasm file"],
  });
}

/**
 * Reads the file of a known module.
 * @throws HostError ARTIFACT_INVALID for the file of another one
 */
export function storedWasm(checksum: string): (file: Uint8Array) => Artifact {
  return (file) => {
    const artifact = decodeWasm(file);
    if (artifact.manifest.checksum !== checksum)
      throw new HostError("ARTIFACT_INVALID", "Cannot use the artifact: it is that of another module");
    // Its name says the versions, too; a file with another name's content is none of ours.
    moduleBytes(artifact);
    return artifact;
  };
}
