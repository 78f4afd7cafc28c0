// Our own programs inside a sandbox: Bun, the worker and the runtime of a cold job, read-only under /hutch.
// The programs' text is copied into the sandbox, so that a worker never sees half of an upgrade.
import { type BackendChoice, type FileEntry, HostError, type Policy } from "@hutch/core";
import { readText } from "@hutch/syscall";
import { plainProgram } from "./plain-programs.ts";
import { runningBun } from "./running-bun.ts";

const BUN_PATH = "/hutch/bun";
const WORKER_PATH = "/hutch/worker.js";
const JOB_PATH = "/hutch/job.js";

/** Argv of a cold job: a fresh Bun that reads its request on descriptor 3. */
export function runtimeProgram(backend: BackendChoice): readonly string[] {
  return backend === "posix-fork" ? [runningBun(), plainProgram("job.js", jobText())] : [BUN_PATH, JOB_PATH];
}

/** Argv of a pool's worker. */
export function workerProgram(backend: BackendChoice): readonly string[] {
  if (backend !== "posix-fork") return [BUN_PATH, WORKER_PATH];
  // ORDER: with the runtime of its cold jobs, which is there as long as a worker is.
  runtimeProgram(backend);
  return [runningBun(), plainProgram("worker.js", workerText())];
}

const jobText = (): string => programText("job.js", () => import.meta.resolve("@hutch/worker/job"));
const workerText = (): string => programText("worker.js", () => import.meta.resolve("@hutch/worker/main"));

/** What JavaScriptCore and mimalloc need to stay single-threaded, and Bun to leave no trace (docs/warm-fork.md). */
export const RUNTIME_ENV: Readonly<Record<string, string>> = {
  BUN_JSC_useConcurrentJIT: "0",
  BUN_JSC_useConcurrentGC: "0",
  BUN_JSC_numberOfGCMarkers: "1",
  BUN_JSC_useWarmUpMarkedBlocks: "0",
  BUN_FEATURE_FLAG_DISABLE_ASYNC_TRANSPILER: "1",
  BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
  MIMALLOC_SCAVENGER: "0",
  DO_NOT_TRACK: "1",
};

const texts = new Map<string, string>();

/**
 * Found and read once per process, so that a later worker is none of another version. Built packages have one file per program;
 * from source the program is bundled.
 */
function programText(name: string, find: () => string): string {
  let text = texts.get(name);
  if (text === undefined) {
    const found = find();
    // A bundle that is no module looks programs up by require.resolve, which gives paths.
    const path = found.startsWith("file:") ? Bun.fileURLToPath(found) : found;
    text = path.endsWith(".ts") ? bundle(path) : readText(path);
    texts.set(name, text);
  }
  return text;
}

function bundle(path: string): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(
    [process.execPath, "build", "--target=bun", "--conditions=hutch-source", path],
    { stdout: "pipe", stderr: "pipe" },
  );
  if (exitCode !== 0) throw new HostError("HOST_FAILURE", `Cannot bundle "${path}": ${stderr.toString()}`);
  return stdout.toString();
}

/** A plain fork has the host's files, and no others can be shown to it. */
function runtimeFiles(backend: BackendChoice): FileEntry[] {
  if (backend === "posix-fork") return [];
  return [
    { kind: "read-only", source: runningBun(), path: BUN_PATH },
    { kind: "content", path: JOB_PATH, content: jobText() },
  ];
}

/** Of a pool's worker and its cold jobs. */
export function programFiles(backend: BackendChoice): FileEntry[] {
  if (backend === "posix-fork") return [];
  return [...runtimeFiles(backend), { kind: "content", path: WORKER_PATH, content: workerText() }];
}

/** The policy with our runtime under the caller's files and our settings under the caller's environment. */
export function withRuntime(policy: Policy): Policy {
  return {
    ...policy,
    files: [...runtimeFiles(policy.backend), ...policy.files],
    env: { ...RUNTIME_ENV, ...policy.env },
  };
}
