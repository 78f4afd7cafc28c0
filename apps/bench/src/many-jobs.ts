// Sandboxes that stand side by side, each with a command that stays.
import { run } from "hutch";

const COMMAND = ["/usr/bin/sleep", "300"];
const LIMITS = { cpuMs: 1000, wallMs: 300_000 };

export const STAYING: string = `run(["${COMMAND.join('", "')}"])`;

/** A launch holds the event loop; after so many of them it gets its turn, and with it whoever wants to end this. */
const LAUNCHES_A_TURN = 50;
/** A machine that needs longer is too busy to be measured, and the rest of the run would have no time left. */
const LIMIT_MS = 12_000;

/**
 * Starts so many commands, lets `look` see them, and ends them.
 * @returns milliseconds from the first call until the last command had started, and what `look` gave
 */
export async function withMany<T>(
  count: number,
  look: () => T,
  signal: AbortSignal,
): Promise<{ readonly startMs: number; readonly seen: T }> {
  const ends: Promise<unknown>[] = [];
  const stop = new AbortController();
  try {
    const started = Bun.nanoseconds();
    // A command has started when run() returns.
    for (let made = 0; made < count; made += 1) {
      ends.push(ended(run(COMMAND, { limits: LIMITS, signal: stop.signal })));
      if (made % LAUNCHES_A_TURN === LAUNCHES_A_TURN - 1) await Bun.sleep(0);
      signal.throwIfAborted();
      if (Bun.nanoseconds() - started > LIMIT_MS * 1e6)
        throw new Error(
          `after ${LIMIT_MS / 1000} seconds ${made + 1} of ${count} had started, and the bench waited no longer`,
        );
    }
    const startMs = (Bun.nanoseconds() - started) / 1e6;
    // What could not start has ended by the next turn of the event loop.
    const early = await Promise.race([...ends, Bun.sleep(20)]);
    if (early !== undefined) throw early;
    return { startMs, seen: look() };
  } finally {
    stop.abort(new DOMException("The bench has seen enough", "AbortError"));
    await Promise.all(ends);
  }
}

/** Why it ended; never rejects. */
async function ended(job: PromiseLike<{ readonly verdict: { readonly reason: string } }>): Promise<unknown> {
  try {
    const { verdict } = await job;
    return new Error(`a command ended by itself: ${verdict.reason}`);
  } catch (error) {
    return error;
  }
}
