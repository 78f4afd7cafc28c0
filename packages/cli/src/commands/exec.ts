// sandbox-cli exec: one function of a module, or one run of WebAssembly; the result on stdout, all else on stderr.
import { basename, dirname, resolve } from "node:path";
import { type Artifact, createPool, loadArtifact, type Outcome, type Pool } from "hutch";
import { functionArguments, inputBytes } from "../exec-input.ts";
import { exitStatus } from "../exit-status.ts";
import { onInterruption } from "../interruption.ts";
import { limitsOf, policyOf } from "../job-flags.ts";
import type { Flags } from "../parse-flags.ts";
import { readBytes } from "../read-bytes.ts";
import { printableJson } from "../report/printable.ts";
import { openReportFile } from "../report/report-file.ts";
import { styleFor } from "../report/style.ts";
import { errorStack, verdictLine } from "../report/verdict-line.ts";
import { UsageError } from "../usage-error.ts";
import { valueToJson } from "../value-json.ts";
import { openOut } from "../write-out.ts";

const MODULE = /\.[cm]?[jt]sx?$/;
const WASM_MAGIC = "\0asm";
const NO_ARTIFACT = "it is not an artifact";
/** TRUST: of an error of the job's; it only decides whether a hint is printed. */
const MISSING_IMPORT = /^ResolveMessage: Cannot find (module|package) /;

/** What is sent to stdout once the job ended well. */
interface Finished {
  readonly outcome: Outcome<unknown>;
  /** A WASI command writes to our stdout; of everything else stdout carries the result alone. */
  readonly ownsStdout: boolean;
}

export async function execCommand(flags: Flags): Promise<number> {
  const file = flags.operands[0] ?? "";
  const options = { limits: limitsOf(flags), policy: policyOf(flags, process.cwd()), workers: 1 };
  const job = MODULE.test(file) ? await functionJob(flags, file) : await wasmJob(flags, file);
  const reportPath = flags.value("report");
  using report = reportPath === undefined ? null : openReportFile(reportPath);
  const signal = onInterruption();
  await using pool = await createPool({ ...options, ...job.pool, signal });
  const { outcome, ownsStdout } = await job.start(pool, signal);

  const stdout = openOut(1);
  const stderr = openOut(2);
  await (ownsStdout ? stdout : stderr).write(outcome.stdout);
  await stderr.write(outcome.stderr);
  report?.write(outcome.report);
  if (outcome.ok && !ownsStdout) await stdout.write(resultBytes(outcome.value, flags.has("raw")));
  if (!outcome.ok && !flags.has("quiet")) {
    const { verdict, error } = outcome;
    const hints = MISSING_IMPORT.test(verdict.reason) ? job.hints : [];
    await stderr.write(verdictLine(verdict, await styleFor(2), [verdict.reason, ...hints]) + errorStack(error));
  }
  return exitStatus(outcome.verdict);
}

interface ExecJob {
  readonly pool: { readonly module?: string; readonly root?: string };
  /** For a module that imports what is not there. */
  readonly hints: readonly string[];
  readonly start: (pool: Pool, signal: AbortSignal) => Promise<Finished>;
}

async function functionJob(flags: Flags, file: string): Promise<ExecJob> {
  refuseArguments(flags, "a function");
  const args = await functionArguments(flags);
  const name = flags.value("export") ?? "default";
  const root = flags.value("root");
  return {
    pool: { module: resolve(file), ...(root === undefined ? {} : { root: resolve(root) }) },
    hints: [
      `/app is ${root === undefined ? dirname(resolve(file)) : resolve(root)}, and the module sees nothing above it`,
      "--root FOLDER shows more: the project's folder, with its node_modules",
    ],
    start: async (pool, signal) => ({ outcome: await pool.execute(name, [...args], { signal }), ownsStdout: false }),
  };
}

async function wasmJob(flags: Flags, file: string): Promise<ExecJob> {
  if (flags.has("root")) throw new UsageError("--root: only a module has one");
  const bytes = await readBytes(file);
  const raw = new TextDecoder("latin1").decode(bytes.subarray(0, WASM_MAGIC.length)) === WASM_MAGIC;
  const prepared = raw ? null : artifactIn(file);
  const input = await inputBytes(flags);
  return {
    pool: {},
    hints: [],
    start: async (pool, signal) => {
      const artifact = prepared ?? (await pool.prepare(bytes, { signal }));
      if (artifact.manifest.flavour === "bytes") return await callExport(flags, pool, artifact, input, signal);
      if (flags.has("export")) throw new UsageError("--export: this is a WASI command, it is started and not called");
      const argv = [basename(file), ...flags.rest];
      return { outcome: await pool.wasi(artifact, argv, { stdin: input, signal }), ownsStdout: true };
    },
  };
}

/** @throws UsageError for a file of another kind; what hutch says of a damaged artifact */
function artifactIn(file: string): Artifact {
  try {
    return loadArtifact(file);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes(NO_ARTIFACT)) throw error;
    throw new UsageError(`Cannot use "${file}": it is none of the files that exec takes`, [
      "a module: .ts, .tsx, .mts, .cts, .js, .jsx, .mjs or .cjs",
      "WebAssembly in its binary form, or what sandbox-cli prepare made of it",
    ]);
  }
}

async function callExport(
  flags: Flags,
  pool: Pool,
  artifact: Artifact,
  input: Uint8Array,
  signal: AbortSignal,
): Promise<Finished> {
  refuseArguments(flags, "an export");
  const functions = artifact.manifest.exports.filter(({ kind }) => kind === "function").map(({ name }) => name);
  const name = flags.value("export");
  if (name === undefined || !functions.includes(name)) {
    const what = name === undefined ? "--export is missing" : `--export ${name}: there is no such function`;
    throw new UsageError(what, [`functions of this module: ${functions.join(", ")}`]);
  }
  return { outcome: await pool.wasm(artifact, name, input, { signal }), ownsStdout: false };
}

function refuseArguments(flags: Flags, what: string): void {
  if (flags.rest.length > 0)
    throw new UsageError(`unexpected argument "${flags.rest[0]}": ${what} takes --input or --args`);
}

function resultBytes(value: unknown, raw: boolean): Uint8Array | string {
  if (!raw) return `${printableJson(JSON.stringify(valueToJson(value)))}\n`;
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw new UsageError("--raw: the result is neither text nor bytes");
}
