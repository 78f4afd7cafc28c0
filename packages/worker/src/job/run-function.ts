// A function job: the module is evaluated here, inside the sandbox, and one export of it is called.
import { decodeValue, encodeValue, isHutchError, type JobRequest, type JobResponse } from "@hutch/core";
import { isSyscallError, O, open } from "@hutch/syscall";
import { checkArtifactFile } from "./check-artifact.ts";
import { InvalidPayloadError } from "./inflate.ts";
import type { Progress } from "./progress.ts";

/** The user's own mistake: a module or an export that is not there, a result that cannot be sent. */
class FunctionError extends Error {
  override readonly name: string = "FunctionError";
}

type FunctionRequest = Extract<JobRequest, { kind: "function" }>;
type Namespace = Readonly<Record<string, unknown>>;

/** @throws whatever the module or the function throws */
export async function runFunction(
  { module, exportName, common }: FunctionRequest,
  payload: Uint8Array,
  progress: Progress,
): Promise<JobResponse> {
  const args = decodeArguments(payload);
  progress.waitsFor = `the module ${JSON.stringify(module)} to load`;
  const called = pick(await loadModule(module, common.checksum), module, exportName);
  progress.waitsFor = `the promise of ${JSON.stringify(exportName)} to settle`;
  const value: unknown = await called(...args);
  return { kind: "value", bytes: encodeResult(value) };
}

/** The host is not to blame for a value of the job's, and its name would say so. */
function encodeResult(value: unknown): Uint8Array {
  try {
    return encodeValue(value, "result");
  } catch (error) {
    if (isHutchError(error)) throw new FunctionError(error.message);
    throw error;
  }
}

function decodeArguments(payload: Uint8Array): readonly unknown[] {
  let args: unknown;
  try {
    args = decodeValue(payload);
  } catch (error) {
    throw new InvalidPayloadError(
      `the arguments do not decode: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (!Array.isArray(args)) throw new InvalidPayloadError("the arguments are not a list");
  return args;
}

const loaded: Map<string, Promise<Namespace>> = new Map();

/**
 * Evaluates it once: a module that a standby evaluated is not evaluated again, also when it failed.
 * @param checksum of a bundle; empty for any other module
 */
export function loadModule(module: string, checksum: string): Promise<Namespace> {
  let namespace = loaded.get(module);
  if (namespace === undefined) {
    namespace = load(module, checksum);
    loaded.set(module, namespace);
  }
  return namespace;
}

async function load(module: string, checksum: string): Promise<Namespace> {
  if (checksum !== "") checkArtifactFile(module, checksum);
  try {
    return (await import(module)) as Namespace;
  } catch (error) {
    throw refusalOf(module, isMissing(error, module)) ?? error;
  }
}

/** Bun says "cannot find" also of what it may not read. */
function refusalOf(module: string, missing: boolean): FunctionError | null {
  try {
    open(module, O.RDONLY | O.CLOEXEC).close();
  } catch (error) {
    if (isSyscallError(error, "EACCES"))
      return new FunctionError(
        `Cannot read the module ${JSON.stringify(module)}: EACCES; the job's user needs the right to read it and to enter its folders (chmod o+rX)`,
      );
    if (!isSyscallError(error)) throw error;
  }
  return missing ? new FunctionError(`Cannot find the module ${JSON.stringify(module)}`) : null;
}

/** The module itself is missing, not one that it imports. */
function isMissing(error: unknown, module: string): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "specifier" in error &&
    error.specifier === module &&
    "referrer" in error &&
    String(error.referrer) === import.meta.path
  );
}

function pick(namespace: Namespace, module: string, exportName: string): (...args: readonly unknown[]) => unknown {
  if (!Object.hasOwn(namespace, exportName)) {
    const names = Object.keys(namespace)
      .map((name) => JSON.stringify(name))
      .join(", ");
    throw new FunctionError(
      `Cannot call ${JSON.stringify(exportName)} of ${JSON.stringify(module)}: it exports ${names === "" ? "nothing" : `only ${names}`}`,
    );
  }
  const called = namespace[exportName];
  if (typeof called !== "function")
    throw new FunctionError(
      `Cannot call ${JSON.stringify(exportName)} of ${JSON.stringify(module)}: it is ${describe(called)}, not a function`,
    );
  return called as (...args: readonly unknown[]) => unknown;
}

function describe(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "an array" : `of type ${typeof value}`;
}
