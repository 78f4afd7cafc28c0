// Collects the contenders of a stage: who cannot start is absent with the reason, and the others still run.
import type { Absent, Place, Stage, Turn } from "./contender.ts";
import type { Target } from "./target.ts";

/** Does it once; what it returns are the parts of the time that it took, in milliseconds. */
type Timed = () => Promise<Turn["parts"] | undefined>;

export class Casting {
  readonly #contenders: Stage["contenders"][number][] = [];
  readonly #absent: Absent[] = [];
  readonly #stack: AsyncDisposableStack = new AsyncDisposableStack();
  readonly #signal: AbortSignal;

  /** @param signal aborted: nobody else is started */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** A contender whose figure is how long it takes, in milliseconds. */
  add(name: string, how: string, run: Timed | (() => Promise<void>), place?: Place): void {
    this.addMeter(name, how, () => timed(run), place);
  }

  /** A contender that brings its own figure. */
  addMeter(name: string, how: string, run: (signal: AbortSignal) => Promise<Turn>, place?: Place): void {
    this.#contenders.push({ name, how, run, ...(place === undefined ? {} : { place }) });
  }

  addAbsent(...absent: readonly Absent[]): void {
    this.#absent.push(...absent);
  }

  /** Disposed of with the stage. */
  own<T extends AsyncDisposable | Disposable>(owned: T): T {
    return this.#stack.use(owned);
  }

  /** A program in front of ours, when the machine has it. */
  addPeer(
    name: string,
    peer: readonly string[] | Absent,
    how: (command: readonly string[]) => string,
    run: (command: readonly string[]) => Promise<void>,
  ): void {
    if (isCommand(peer)) this.add(name, how(peer), () => run(peer));
    else this.#absent.push({ name, why: peer.why });
  }

  /** Contenders that share something which must be started first and closed in the end. */
  async addWith<T extends AsyncDisposable | Disposable>(
    names: readonly string[],
    start: () => Promise<T>,
    add: (started: T) => void,
  ): Promise<void> {
    try {
      this.#signal.throwIfAborted();
      add(this.#stack.use(await start()));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#absent.push(...names.map((name) => ({ name, why })));
    }
  }

  stage(baseline: string | null, targets: readonly Target[]): Stage {
    return {
      contenders: this.#contenders,
      absent: this.#absent,
      targets,
      baseline,
      [Symbol.asyncDispose]: () => this.#stack.disposeAsync(),
    };
  }
}

async function timed(run: Timed | (() => Promise<void>)): Promise<Turn> {
  const started = Bun.nanoseconds();
  const parts = await run();
  const value = (Bun.nanoseconds() - started) / 1e6;
  return parts === undefined ? { value } : { value, parts };
}

function isCommand(peer: readonly string[] | Absent): peer is readonly string[] {
  return Array.isArray(peer);
}
