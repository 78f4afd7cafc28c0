// openStore(): prepared code in a folder, so that the same code is prepared once and not at each start.
// RULE: a store makes preparing faster and nothing else. What cannot be read is prepared again, what cannot be written is used
// all the same, and both are counted.
import { HostError } from "@hutch/core";
import { type Artifact, rememberSource, storedWasm } from "../artifact.ts";
import { checksumOf } from "../checksum.ts";
import { artifactKey } from "./artifact-key.ts";
import { Failures, isOfCaller } from "./failures.ts";
import { JoinedWork } from "./joined-work.ts";
import { chooseForPruning } from "./prune.ts";
import { StoreFolder } from "./store-folder.ts";
import { checkStoreOptions, type StoreOptions } from "./store-options.ts";

/** What a store did since it was opened. */
export interface StoreStats {
  /** Taken from the folder. */
  readonly hits: number;
  /** Prepared by a job. */
  readonly prepared: number;
  /** Callers who got what another one had already asked for. */
  readonly joined: number;
  /** Damaged files that were removed, and prepared again. */
  readonly repaired: number;
  /** Removed because they were too old or too much. */
  readonly pruned: number;
  /** Prepared, given to the caller and not kept: `problem` says why. */
  readonly notKept: number;
  /** The last time that the folder could not be read or written; null as long as it always could. */
  readonly problem: HostError | null;
}

/** A folder of prepared code: for `store` of prepare() and createPool(). */
export interface ArtifactStore extends Disposable {
  /** An absolute path. */
  readonly folder: string;
  /**
   * A wasm artifact that this Bun and this Hutch prepared.
   * @param checksum SHA-256 of the module, as in the artifact's manifest
   * @returns null when it is not there
   */
  load(checksum: string): Promise<Artifact | null>;
  /** Counts since it was opened. */
  stats(): StoreStats;
  /** Removes what is too old or too much; also done whenever something is written. */
  prune(): Promise<void>;
  /** Closes the folder. Pools that use the store prepare without it from then on. */
  close(): void;
}

/** One preparation. */
export interface Preparation<T> {
  readonly kind: "wasm" | "bundle";
  /** What is prepared, and the options that change the result. */
  readonly content: readonly string[];
  /** What else can make it fail: limits and policy. */
  readonly conditions: string;
  readonly signal: AbortSignal | undefined;
  /** @throws HostError ARTIFACT_INVALID for what is not the file of this artifact */
  readonly decode: (file: Uint8Array) => T;
  readonly encode: (made: T) => Uint8Array;
  readonly make: (signal: AbortSignal) => Promise<T>;
}

const SUFFIX = ".hutch";
/** Errors of a file system that is full, or of a quota. */
const FULL = ["ENOSPC", "EDQUOT"];

/** @throws TypeError or RangeError for wrong options; HostError STORE_UNUSABLE where the folder is not safe or not writable */
export function openStore(options: StoreOptions): ArtifactStore {
  return new Store(checkStoreOptions(options));
}

/** @throws TypeError for what is not a store */
export function checkStore(store: unknown): Store | null {
  if (store === undefined) return null;
  if (store instanceof Store) return store;
  throw new TypeError('Cannot use option "store": expected what openStore() returns');
}

export class Store implements ArtifactStore {
  readonly #options: Required<StoreOptions>;
  readonly #folder: StoreFolder;
  readonly #failures: Failures;
  readonly #work: JoinedWork<unknown> = new JoinedWork(isOfCaller);
  readonly #counts = { hits: 0, prepared: 0, repaired: 0, pruned: 0, notKept: 0 };
  #problem: HostError | null = null;
  #closed = false;

  constructor(options: Required<StoreOptions>) {
    this.#options = options;
    this.#folder = new StoreFolder(options.folder, SUFFIX);
    this.#failures = new Failures(options);
  }

  get folder(): string {
    return this.#folder.path;
  }

  /** From the folder, or made once for all who want it now. @throws what `make` throws; `signal.reason` */
  async obtain<T>(wanted: Preparation<T>): Promise<T> {
    const key = artifactKey(wanted.kind, wanted.content);
    // A policy can hold whole files, and failures are remembered by this name.
    const work = `${key} ${checksumOf(new TextEncoder().encode(wanted.conditions))}`;
    // SAFETY: the key is a hash that the kind is part of, so all work of one key gives one type.
    return (await this.#work.join(work, wanted.signal, (signal) => this.#obtain(key, work, wanted, signal))) as T;
  }

  async #obtain<T>(key: string, work: string, wanted: Preparation<T>, signal: AbortSignal): Promise<T> {
    const stored = await this.#read(key, wanted.decode);
    if (stored !== null) return stored;
    this.#failures.refuse(work, performance.now());
    const made = await this.#make(work, wanted, signal);
    this.#counts.prepared += 1;
    await this.#keep(key, () => wanted.encode(made));
    return made;
  }

  async #make<T>(work: string, { make }: Preparation<T>, signal: AbortSignal): Promise<T> {
    try {
      const made = await make(signal);
      this.#failures.forget(work);
      return made;
    } catch (error) {
      if (!signal.aborted) this.#failures.note(work, error, performance.now());
      throw error;
    }
  }

  async load(checksum: string): Promise<Artifact | null> {
    const artifact = await this.#read(artifactKey("wasm", [checksum]), storedWasm(checksum));
    if (artifact !== null) rememberSource(artifact, () => this.load(checksum));
    return artifact;
  }

  async #read<T>(key: string, decode: (file: Uint8Array) => T): Promise<T | null> {
    if (this.#closed) return null;
    const name = key + SUFFIX;
    try {
      const file = await this.#folder.read(name, this.#options.maxBytes);
      if (file === null) return null;
      const value = decode(file);
      this.#counts.hits += 1;
      return value;
    } catch (error) {
      if (!(error instanceof HostError)) this.#note("read", error);
      else if (await this.#try("remove", () => this.#folder.remove(name))) this.#counts.repaired += 1;
      return null;
    }
  }

  async #keep(key: string, encode: () => Uint8Array): Promise<void> {
    if (this.#closed) return;
    const { maxBytes } = this.#options;
    const kept = await this.#try("keep", async () => {
      const file = encode();
      if (file.byteLength > maxBytes)
        throw new RangeError(`it has ${file.byteLength} bytes, and maxBytes is ${maxBytes}`);
      await this.#write(key + SUFFIX, file);
    });
    if (kept) await this.prune();
    else this.#counts.notKept += 1;
  }

  async #write(name: string, file: Uint8Array): Promise<void> {
    try {
      await this.#folder.write(name, file);
    } catch (error) {
      if (!FULL.includes(String((error as { readonly code?: unknown }).code))) throw error;
      // What nobody used for longest makes room, once.
      this.#pruneTo(this.#folder.list().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 2);
      await this.#folder.write(name, file);
    }
  }

  async prune(): Promise<void> {
    if (!this.#closed) await this.#try("prune", () => this.#pruneTo(this.#options.maxBytes));
  }

  #pruneTo(maxBytes: number): void {
    this.#folder.whileAlone(() => {
      const { maxAgeMs } = this.#options;
      for (const name of chooseForPruning(this.#folder.list(), { maxBytes, maxAgeMs }, Date.now())) {
        this.#folder.remove(name);
        this.#counts.pruned += 1;
      }
    });
  }

  /** @returns whether it worked */
  async #try(what: string, work: () => unknown): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#note(what, error);
      return false;
    }
  }

  #note(what: string, cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#problem = new HostError(
      "STORE_UNUSABLE",
      `Cannot ${what} an artifact in the store "${this.folder}": ${why}`,
      {
        cause,
        hints: ["Code is prepared anew for each caller until this is mended; nothing else is affected"],
      },
    );
  }

  stats(): StoreStats {
    return { ...this.#counts, joined: this.#work.joined, problem: this.#problem };
  }

  close(): void {
    this.#closed = true;
    this.#folder[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
