// What createPool() takes, checked and turned into paths inside the pool's sandbox.
import { type CallHandlers, type Limits, type Policy, type PolicyInput, parsePolicyInput } from "@hutch/core";
import { type BundlePlan, planBundle } from "./bundle/bundle-plan.ts";
import { MAX_RETRIES } from "./call-options.ts";
import { checkPolicy } from "./check-policy.ts";
import { checkReachable, checkReadable } from "./check-readable.ts";
import { checkSignal } from "./check-signal.ts";
import { checkSources } from "./check-sources.ts";
import { type PlacedModule, placeModule } from "./place-module.ts";
import { placePreload, preloadFiles, resolvePreload } from "./place-preload.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { type ArtifactStore, checkStore, type Store } from "./store/artifact-store.ts";
import { checkWholeNumber } from "./whole-number.ts";
import { checkWorkerCounts, WORKER_COUNT_NAMES, type WorkerCountOptions, type WorkerCounts } from "./worker-counts.ts";

/** Options of createPool(). All may be left out: a pool without a module runs commands and WebAssembly. */
export interface PoolOptions extends WorkerCountOptions {
  /** Module whose exports are called: a path or a file URL. It is parsed and evaluated only inside jobs. */
  readonly module?: string | URL;
  /**
   * Folder that jobs see read-only as /app; the module's own folder unless given. Everything in it is visible to the
   * module, so name a folder that holds no secrets; name the project's folder when the module imports packages.
   */
  readonly root?: string;
  /**
   * Bundle the module with what it imports when the pool starts, in a sandbox of its own. Jobs load that one file, and see
   * nothing of the module's folder: what it would read or import there by a name made at run time is missing. With `store`
   * the bundle is kept. False unless given.
   */
  readonly bundle?: boolean;
  /**
   * Modules that you trust, evaluated once in the worker: package names, looked up from your program's folder, or paths.
   * Jobs start with them loaded and import them by the same name. Whatever they do at load time happens in the worker, and every
   * job of the pool gets a copy of what they hold.
   */
  readonly preload?: readonly string[];
  /**
   * Jobs that run in one worker at once; one unless given. The pool runs `workers` times as many, each a process of its own
   * that may use a processor of its own. A job that is alone in its worker uses the worker's empty network. Of several, each
   * has an empty network of its own, which makes its start some 0.4 ms longer.
   */
  readonly concurrentTasksPerWorker?: number;
  /**
   * Calls that may wait for a worker; one more is refused with HostError QUEUE_FULL. 100,000 unless given, which is a bound on
   * memory and no limit of load: a server gives what it can answer in time. 0: none waits. Infinity: no bound.
   */
  readonly maxQueue?: number;
  /** `retries` of calls that give none; 0 unless given. */
  readonly retries?: number;
  /**
   * Keep jobs cloned, confined and warmed ahead of need, so that a call is one message to one of them: so many per worker and
   * kind of job. Each serves one call that has the pool's own limits, and costs the memory of an idle job. `true` is 1, which
   * is what it is unless given; `false` is 0. While memory is short there are none.
   */
  readonly standby?: boolean | number;
  /** Limits of every job unless a call gives its own. */
  readonly limits?: Partial<Limits>;
  /** A preset by its name, or an object; loadPolicy() gives one from a file. */
  readonly policy?: PolicyInput;
  /** Where prepare() and `bundle` look first, and keep what they made: openStore() gives one, which several pools may use. */
  readonly store?: ArtifactStore;
  /** Ends the pool as its destroy() does. */
  readonly signal?: AbortSignal;
}

export interface CheckedPoolOptions {
  /** Path of the module inside the sandbox. */
  readonly module: string | null;
  /** Of the module where it is a bundle: SHA-256 in hex. */
  readonly checksum: string | null;
  readonly bundle: BundlePlan | null;
  readonly preload: readonly string[];
  readonly workers: WorkerCounts;
  readonly concurrentTasksPerWorker: number;
  readonly maxQueue: number;
  readonly retries: number;
  /** How many per worker and kind of job. */
  readonly standby: number;
  readonly store: Store | null;
  readonly limits: Limits;
  readonly policy: Policy;
  /** Of `policy.supervise`. */
  readonly handlers: CallHandlers;
}

/** A worker has a descriptor for each of its jobs and standbys, of 4,096 that it may open. */
const MAX_TASKS = 1024;
const MAX_STANDBYS = 1024;
const DEFAULT_MAX_QUEUE = 100_000;
const KNOWN = [
  "module",
  "root",
  "bundle",
  "preload",
  ...WORKER_COUNT_NAMES,
  "concurrentTasksPerWorker",
  "maxQueue",
  "retries",
  "standby",
  "store",
  "limits",
  "policy",
  "signal",
];

/** @throws TypeError or RangeError that names the option and says what to do; nothing was started then */
export function checkPoolOptions(options: PoolOptions): CheckedPoolOptions {
  refuseUnknown(options, KNOWN);
  checkSignal(options.signal);
  checkSpecifiers(options.preload);
  const workers = checkWorkerCounts(options);
  const retries = checkWholeNumber("retries", options.retries ?? 0, 0, MAX_RETRIES);
  const maxQueue = checkMaxQueue(options.maxQueue ?? DEFAULT_MAX_QUEUE);
  const tasks = options.concurrentTasksPerWorker ?? 1;
  const concurrentTasksPerWorker = checkWholeNumber("concurrentTasksPerWorker", tasks, 1, MAX_TASKS);
  const standby = checkStandby(options.standby ?? true);
  const store = checkStore(options.store);
  const { policy, handlers, limits } = parsePolicyInput(options.policy, options.limits);
  // ORDER: first, while the numbers of its files are the caller's.
  checkSources(policy);
  const module = options.module === undefined ? null : placeModule(options.module, options.root);
  if (module === null && options.root !== undefined)
    throw new TypeError('Cannot use option "root": there is no module');
  if (policy.backend === "posix-fork")
    return {
      ...plainOptions(options, policy, module),
      checksum: null,
      bundle: planBundle(options.bundle, null, []),
      workers,
      concurrentTasksPerWorker,
      standby,
      maxQueue,
      retries,
      store,
      limits,
      policy,
      handlers,
    };
  const preload = (options.preload ?? []).map((specifier) => placePreload(specifier, module?.root ?? null));
  for (const entry of preloadFiles(preload)) if ("source" in entry) checkReadable("preload", entry.source);
  const shown =
    module === null ? null : ({ kind: "read-only", source: module.root.folder, path: module.root.path } as const);
  const whole = {
    ...policy,
    files: [...preloadFiles(preload), ...(shown === null ? [] : [shown]), ...policy.files],
  };
  checkPolicy(whole, "pool");
  return {
    module: module?.path ?? null,
    checksum: null,
    bundle: planBundle(options.bundle, shown, preload),
    preload: preload.map((placed) => placed.path),
    workers,
    concurrentTasksPerWorker,
    maxQueue,
    retries,
    standby,
    store,
    limits,
    policy: whole,
    handlers,
  };
}

function checkSpecifiers(given: unknown): void {
  if (given === undefined || (Array.isArray(given) && given.every((each) => typeof each === "string"))) return;
  throw new TypeError("Cannot use preload: expected an array of package names, paths or file URLs");
}

function checkStandby(given: boolean | number): number {
  return typeof given === "boolean" ? Number(given) : checkWholeNumber("standby", given, 0, MAX_STANDBYS);
}

function checkMaxQueue(given: number): number {
  return given === Number.POSITIVE_INFINITY ? given : checkWholeNumber("maxQueue", given, 0, Number.MAX_SAFE_INTEGER);
}

/** Jobs of a plain fork see the host's files where they are. @throws TypeError for what the job's user may not read there */
function plainOptions(
  options: PoolOptions,
  policy: Policy,
  module: PlacedModule | null,
): Pick<CheckedPoolOptions, "module" | "preload"> {
  checkPolicy(policy, "pool");
  const preload = (options.preload ?? []).map(resolvePreload);
  checkReachable("the runtime", process.execPath);
  for (const path of preload) checkReachable("preload", path);
  if (module !== null) checkReachable("module", module.source);
  return { module: module?.source ?? null, preload };
}
