// sandbox-cli prepare: compiles and checks a wasm file in a sandbox and stores it with its checksum.
import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { HostError, prepare } from "hutch";
import { formatSize } from "../amounts.ts";
import { reasonOf } from "../error-reason.ts";
import { onInterruption } from "../interruption.ts";
import { limitsOf, policyOf } from "../job-flags.ts";
import { OutputFileError } from "../output-file-error.ts";
import type { Flags } from "../parse-flags.ts";
import { readBytes } from "../read-bytes.ts";
import { UsageError } from "../usage-error.ts";
import { openOut } from "../write-out.ts";

export async function prepareCommand(flags: Flags): Promise<number> {
  const file = flags.operands[0] ?? "";
  const target = flags.value("out");
  if (target === undefined)
    throw new UsageError("-o ARTIFACT is missing", [`for example: sandbox-cli prepare ${file} -o ${file}.hutch`]);
  const limits = limitsOf(flags);
  const policy = policyOf(flags, process.cwd());
  const module = await readBytes(file);
  checkTarget(target);
  const artifact = await prepare(module, { limits, policy, signal: onInterruption() });
  try {
    artifact.write(target);
  } catch (error) {
    throw cannotWrite(target, error instanceof HostError ? error.cause : error);
  }
  if (!flags.has("quiet")) {
    const { flavour, exports, sizeBytes } = artifact.manifest;
    const functions = exports.filter(({ kind }) => kind === "function").map(({ name }) => name);
    const what = flavour === "wasi" ? "a WASI command" : `functions: ${functions.join(", ")}`;
    await openOut(2).write(`sandbox-cli: prepared "${target}": ${formatSize(sizeBytes)}, ${what}\n`);
  }
  return 0;
}

/** ORDER: before the work, so that a long compilation is not lost to a typo. */
function checkTarget(target: string): void {
  try {
    if (statSync(target, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error("it is a folder");
    accessSync(dirname(resolve(target)), constants.W_OK);
  } catch (error) {
    throw cannotWrite(target, error);
  }
}

function cannotWrite(target: string, error: unknown): OutputFileError {
  return new OutputFileError(`Cannot write "${target}": ${reasonOf(error)}`, { cause: error });
}
