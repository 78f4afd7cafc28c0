// Bundles a function module with what it imports, in a job of its own: the bundler reads code that nobody trusts.
// What comes out is as untrusted as what went in, and is evaluated only inside jobs.
import { dirname } from "node:path";
import { DEFAULT_POLICY, type FileEntry, HostError, JobError, type Limits, type Policy } from "@hutch/core";
import { rebuildError } from "../job-error.ts";
import { run } from "../run.ts";
import { runningBun } from "../running-bun.ts";

export interface BundleSource {
  /** What the bundler sees of the module and what it imports. */
  readonly files: readonly FileEntry[];
  /** Path of the module in there. */
  readonly entry: string;
  /** Names that jobs import at run time, because they are preloaded. */
  readonly external: readonly string[];
  /** Of the pool's policy; the rest of it is about its jobs. */
  readonly sandbox: Pick<Policy, "backend" | "bestEffort">;
}

const BUN = "/hutch/bun";
/** Of the sandbox's own root, which has 16 MiB, most. */
const MOST_BYTES = 12 * 2 ** 20;
const LIMITS: Partial<Limits> = { cpuMs: 20_000, memoryBytes: 2 ** 30, outputBytes: MOST_BYTES };

/**
 * @returns JavaScript with its source map
 * @throws JobError when it does not bundle, with the bundler's words as its cause; HostError when we fail; `signal.reason`
 */
export async function bundleModule(source: BundleSource, signal: AbortSignal | undefined): Promise<string> {
  const { files, entry, external, sandbox } = source;
  const { verdict, text } = await run([BUN, ...argumentsFor(entry, external)], {
    policy: {
      ...sandbox,
      files: [{ kind: "read-only", source: runningBun(), path: BUN }, ...files],
      // Names in the source map are relative to it.
      cwd: dirname(entry),
      env: { ...DEFAULT_POLICY.env, DO_NOT_TRACK: "1", NO_COLOR: "1" },
    },
    limits: LIMITS,
    ...(signal === undefined ? {} : { signal }),
  });
  // TRUST: the job's bytes; what is not UTF-8 in them becomes U+FFFD, as it does where Bun reads a module.
  if (verdict.status === "ok") return text();
  if (verdict.blame === "host") throw new HostError("HOST_FAILURE", `Cannot bundle the module: ${verdict.reason}`);
  const said = text("stderr").trim();
  const error = rebuildError({ name: "BundleError", message: said, stack: said });
  if (verdict.status === "output-limit") throw new JobError({ ...verdict, reason: tooLarge() }, error);
  throw new JobError(
    { ...verdict, reason: `the module does not bundle: ${firstError(said) ?? verdict.reason}` },
    error,
  );
}

function argumentsFor(entry: string, external: readonly string[]): readonly string[] {
  return [
    "build",
    // A configuration beside the module could name plugins, and a macro is code that runs while it is bundled: both could
    // make the result depend on more than on what was hashed.
    "--config=/dev/null",
    "--no-macros",
    "--target=bun",
    "--format=esm",
    "--sourcemap=inline",
    // As at run time: nothing of the bundler's own environment is written into the code.
    "--env=disable",
    ...external.flatMap((name) => [`--external=${name}`, `--external=${name}/*`]),
    entry,
  ];
}

function tooLarge(): string {
  return `the bundle is larger than the ${MOST_BYTES} bytes that are allowed; preload what is large, or leave "bundle" out`;
}

/** TRUST: the job's words. */
function firstError(said: string): string | undefined {
  const lines = said.split("\n");
  const at = lines.findIndex((line) => line.startsWith("error: "));
  if (at < 0) return undefined;
  const [what = "", where = ""] = lines.slice(at);
  return what.slice("error: ".length) + (where.trim().startsWith("at ") ? ` ${where.trim()}` : "");
}
