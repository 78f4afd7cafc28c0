// Whether memory is short for this process and its jobs, so that what waits for work should give its own back. It is short at one
// bound and enough at another one, for a while: what was given back would otherwise be taken and given back again.
import type { MemoryLevel } from "@hutch/linux-clone";

/** Much of the time some process waits for memory: a machine that is merely busy does not show that. */
const STALLED_PERCENT = 10;
const CALM_PERCENT = 5;
/** Of a limit, but no more than so many bytes: nobody wants a sixteenth of a large machine left unused. */
const SHORT_SHARE = 1 / 16;
const MOST_SHORT_BYTES = 512 * 2 ** 20;
/** As much again has to be free before it is enough. */
const ENOUGH = 2;
const LOOK_MS = 1000;
/** From when it is enough until that is believed; twice as long each time that it is short again soon after. */
const FIRST_CALM_MS = 2_000;
const LONGEST_CALM_MS = 60_000;
const SOON_MS = 60_000;

export interface MemoryPressure {
  /** One sentence without a full stop: where memory is short, with the figures; null where it is not. */
  readonly short: string | null;
  /** Looks from now on, at once too. @param changed called whenever `short` becomes a sentence or null */
  watch(changed: () => void): Disposable;
}

export interface MemoryClock {
  now(): number;
  level(): MemoryLevel;
  /** As HostClock.every(). */
  every(ms: number, look: () => void): () => void;
}

export function memoryPressure(clock: MemoryClock): MemoryPressure {
  const watchers = new Set<() => void>();
  let stop: (() => void) | null = null;
  let short: string | null = null;
  let enoughSinceMs: number | null = null;
  let calmMs = FIRST_CALM_MS;
  let endedMs = Number.NEGATIVE_INFINITY;

  const become = (why: string | null): void => {
    short = why;
    for (const changed of [...watchers]) changed();
  };
  const look = (): void => {
    const nowMs = clock.now();
    const level = clock.level();
    if (short === null) {
      const why = whyShort(level, 1, STALLED_PERCENT);
      if (why === null) return;
      calmMs = nowMs - endedMs < SOON_MS ? Math.min(LONGEST_CALM_MS, 2 * calmMs) : FIRST_CALM_MS;
      enoughSinceMs = null;
      become(why);
    } else if (whyShort(level, ENOUGH, CALM_PERCENT) !== null) enoughSinceMs = null;
    else {
      enoughSinceMs ??= nowMs;
      if (nowMs - enoughSinceMs < calmMs) return;
      endedMs = nowMs;
      become(null);
    }
  };

  return {
    get short() {
      return short;
    },
    watch(changed) {
      if (watchers.size === 0) {
        look();
        stop = clock.every(LOOK_MS, look);
      }
      // A function of its own for each watch, whoever else gave the same one.
      const told = (): void => changed();
      watchers.add(told);
      return {
        [Symbol.dispose]: () => {
          if (watchers.delete(told) && watchers.size === 0) stop?.();
        },
      };
    },
  };
}

const mib = (bytes: number): string => `${Math.floor(bytes / 2 ** 20)} MiB`;

function whyShort({ stalledPercent, rooms }: MemoryLevel, times: number, percent: number): string | null {
  const full = rooms.find(
    ({ limitBytes, freeBytes }) => freeBytes < times * Math.min(limitBytes * SHORT_SHARE, MOST_SHORT_BYTES),
  );
  if (full !== undefined) return `${full.of} has ${mib(full.freeBytes)} of ${mib(full.limitBytes)} left`;
  if (stalledPercent < percent) return null;
  return `processes waited for memory in ${stalledPercent.toFixed(0)} % of the last ten seconds`;
}
