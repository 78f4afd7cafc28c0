// Notices a worker that says nothing while it owes a word: stopped, or stuck in the kernel. One that has nothing to tell yet
// still answers when it is asked.
/** A host that stood still for a while uses up one of these, and not the whole of a time below. */
const SLICE_MS = 500;
const ASK_AFTER = 4;
const SILENT_AFTER = 20;

export interface SilenceListener {
  /** Whether a word is owed. */
  owes(): boolean;
  /** Asks the worker for a sign of life. */
  ask(): void;
  silent(why: string): void;
}

export class Silence {
  readonly #listener: SilenceListener;
  #timer: ReturnType<typeof setInterval> | null = null;
  #quietSlices = 0;

  constructor(listener: SilenceListener) {
    this.#listener = listener;
  }

  /** Looks from now on, until nothing is owed. */
  watch(): void {
    if (this.#timer !== null) return;
    this.#quietSlices = 0;
    this.#timer = setInterval(() => this.#look(), SLICE_MS);
    this.#timer.unref();
  }

  /** The worker said something. */
  heard(): void {
    this.#quietSlices = 0;
  }

  #look(): void {
    if (!this.#listener.owes()) {
      this.stop();
      return;
    }
    this.#quietSlices += 1;
    if (this.#quietSlices === ASK_AFTER) this.#listener.ask();
    if (this.#quietSlices < SILENT_AFTER) return;
    this.stop();
    this.#listener.silent(`it was silent for ${(SILENT_AFTER * SLICE_MS) / 1000} s`);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
