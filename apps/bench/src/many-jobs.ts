// Sandboxes that stand side by side, each with a command that stays.
import { run } from "hutch";

const COMMAND = ["/usr/bin/sleep", "300"];
const LIMITS = { cpuMs: 1000, wallMs: 300_000 };

export const STAYING: string = `run(["${COMMAND.join('", "')}"])`;

/**
 * Starts so many commands, lets `look` see them, and ends them.
 * @returns milliseconds from the first call until the last command had started, and what `look` gave
 */
export async function withMany<T>(
  count: number,
  look: () => T,
): Promise<{ readonly startMs: number; readonly seen: T }> {
  const ends: Promise<unknown>[] = [];
  const stop = new AbortController();
  try {
    const started = Bun.nanoseconds();
    // A command has started when run() returns.
    for (let made = 0; made < count; made += 1) ends.push(ended(run(COMMAND, { limits: LIMITS, signal: stop.signal })));
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
