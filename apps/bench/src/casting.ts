// Collects the contenders of a stage: who cannot start is absent with the reason, and the others still run.
import type { Absent, Contender } from "./contender.ts";

export class Casting {
  readonly contenders: Contender[] = [];
  readonly absent: Absent[] = [];
  readonly #stack: AsyncDisposableStack = new AsyncDisposableStack();

  add(name: string, how: string, run: () => Promise<void>): void {
    this.contenders.push({ name, how, run });
  }

  /** A program in front of ours, when the machine has it. */
  addPeer(
    name: string,
    peer: readonly string[] | Absent,
    how: (command: readonly string[]) => string,
    run: (command: readonly string[]) => Promise<void>,
  ): void {
    if (isCommand(peer)) this.add(name, how(peer), () => run(peer));
    else this.absent.push(peer);
  }

  /** Contenders that share something which must be started first and closed in the end. */
  async addWith<T extends AsyncDisposable>(
    names: readonly string[],
    start: () => Promise<T>,
    add: (started: T) => void,
  ): Promise<void> {
    try {
      add(this.#stack.use(await start()));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.absent.push(...names.map((name) => ({ name, why })));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

function isCommand(peer: readonly string[] | Absent): peer is readonly string[] {
  return Array.isArray(peer);
}
