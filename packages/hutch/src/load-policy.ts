// loadPolicy(): a policy from a JSON file. Strict: what is misspelled is an error, and never a weaker sandbox.
import {
  flattenPolicy,
  HostError,
  isPresetName,
  type PolicyInput,
  type PolicyLayer,
  PRESET_NAMES,
  suggest,
} from "@hutch/core";
import { isSyscallError, readText, realPath } from "@hutch/syscall";

/** As in core: a file that extends itself ends here. */
const MOST_FILES = 16;

/**
 * Reads a policy and all that it extends. Relative paths in `root`, in `source` of its files and in `extends` start at the
 * folder of the file that they stand in.
 * @param path a JSON file; its schema is `@hutch/core/schemas/policy.schema.json`
 * @returns one layer, for `policy` of run() and createPool(), or for `extends` of another one
 * @throws TypeError or RangeError that names what is wrong and the file; HostError HOST_FAILURE for one that cannot be read
 */
export function loadPolicy(path: string): PolicyLayer {
  return flattenPolicy(readLayer(path, 0));
}

function readLayer(given: string, depth: number): PolicyLayer {
  if (depth > MOST_FILES)
    throw new TypeError(`Cannot use policy "${given}": more than ${MOST_FILES} files extend each other`);
  const { file, text } = read(given);
  try {
    const layer: unknown = parseJson(text);
    const { extends: below, ...own } = layer as { readonly extends?: unknown };
    // ORDER: what this file says is checked before the files that it extends are opened.
    const placed = place(flattenPolicy(own), file.slice(0, file.lastIndexOf("/")));
    return below === undefined ? placed : { ...placed, extends: extended(below, file, depth) };
  } catch (error) {
    throw inFile(error, given);
  }
}

function read(given: string): { readonly file: string; readonly text: string } {
  try {
    const file = realPath(given);
    return { file, text: readText(file) };
  } catch (error) {
    if (!isSyscallError(error)) throw error;
    const preset = suggest(given.slice(given.lastIndexOf("/") + 1), PRESET_NAMES);
    const why = error.code === "ENOENT" ? "there is no such file" : error.code;
    throw new HostError("HOST_FAILURE", `Cannot read the policy "${given}": ${why}`, {
      cause: error,
      hints: [`presets are ${PRESET_NAMES.join(", ")}${preset}`],
    });
  }
}

function parseJson(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TypeError(`Cannot use the policy: it is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError("Cannot use the policy: expected an object");
  return value;
}

/** A preset by its name, or another file: one whose name is a preset's is `./strict`. */
function extended(given: unknown, file: string, depth: number): readonly PolicyInput[] {
  const names: readonly unknown[] = Array.isArray(given) ? given : [given];
  return names.map((name): PolicyInput => {
    if (typeof name !== "string" || name === "")
      throw new TypeError(
        "Cannot use policy.extends: expected the name of a preset or the path of a file, or a list of them",
      );
    return isPresetName(name) ? name : readLayer(beside(file.slice(0, file.lastIndexOf("/")), name), depth + 1);
  });
}

function place(layer: PolicyLayer, folder: string): PolicyLayer {
  const { root, files } = layer;
  return {
    ...layer,
    ...(typeof root === "string" && { root: beside(folder, root) }),
    ...(files !== undefined && {
      files: files.map((entry) => ("source" in entry ? { ...entry, source: beside(folder, entry.source) } : entry)),
    }),
  };
}

function beside(folder: string, path: string): string {
  return path.startsWith("/") ? path : `${folder}/${path}`;
}

/** The same error with the name of the file, the innermost one only. */
function inFile(error: unknown, file: string): unknown {
  if (error instanceof HostError || !(error instanceof Error) || error.message.includes(" (in ")) return error;
  const message = `${error.message} (in "${file}")`;
  if (error instanceof RangeError) return new RangeError(message, { cause: error.cause });
  return error instanceof TypeError ? new TypeError(message, { cause: error.cause }) : error;
}
