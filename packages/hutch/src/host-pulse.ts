// How long this process, or the whole machine, stood still: its event loop did not run, or nothing on the machine did for want of
// memory. A job's wall time goes on meanwhile, and the job may have waited for us.
import { isSyscallError, readText } from "@hutch/syscall";

const BEAT_MS = 100;
/** A busy machine is often late by less. */
const LATE_MS = 100;
/** The pulse beats on for a while after the last job: the next one mostly comes soon. */
const LINGER_MS = 1000;
const MEMORY_PRESSURE = "/proc/pressure/memory";

export interface HostPulse {
  /** From now on. @returns ends the watch, and how long it stood still so far, in milliseconds */
  watch(): StillWatch;
}

interface StillWatch extends Disposable {
  stillMs(): number;
}

export interface HostClock {
  now(): number;
  /** Time in which every process that had something to do waited for memory, since the machine's start; 0 where nobody counts it. */
  memoryStallMs(): number;
  /** Calls back again and again, without keeping the process alive. @returns stops it */
  every(ms: number, beat: () => void): () => void;
}

export function hostPulse(clock: HostClock): HostPulse {
  let watchers = 0;
  let stop: (() => void) | null = null;
  let totalMs = 0;
  let beatMs = 0;
  let pressureMs = 0;
  let lastWatchedMs = 0;

  const lateMs = (): number => {
    const late = clock.now() - beatMs - BEAT_MS;
    return late > LATE_MS ? late : 0;
  };
  /** What is known up to now, also where the beat itself is what is late. */
  const stillMs = (): number => totalMs + lateMs();
  const begin = (): void => {
    beatMs = clock.now();
    pressureMs = clock.memoryStallMs();
  };
  const beat = (): void => {
    // The pressure is read with a beat alone: a job is not to pay for it.
    totalMs += Math.max(lateMs(), clock.memoryStallMs() - pressureMs);
    begin();
    if (watchers > 0) lastWatchedMs = beatMs;
    else if (beatMs - lastWatchedMs > LINGER_MS) {
      stop?.();
      stop = null;
    }
  };

  return {
    watch() {
      watchers += 1;
      if (stop === null) {
        begin();
        lastWatchedMs = beatMs;
        stop = clock.every(BEAT_MS, beat);
      }
      const fromMs = stillMs();
      return {
        stillMs: () => stillMs() - fromMs,
        [Symbol.dispose]: () => {
          watchers -= 1;
        },
      };
    },
  };
}

/** Of this process. */
export const HOST_PULSE: HostPulse = hostPulse({
  now: () => performance.now(),
  memoryStallMs: memoryStall(),
  every: (ms, beat) => {
    const timer = setInterval(beat, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
});

/** Only what is `full`: some process waits on any machine that is busy. */
function memoryStall(): () => number {
  let counted = true;
  return () => {
    if (!counted) return 0;
    try {
      const total = /^full .*total=(\d+)$/m.exec(readText(MEMORY_PRESSURE))?.[1];
      return Number(total ?? 0) / 1000;
    } catch (error) {
      // A kernel without PSI, or one that was started with it off. Then only our own event loop tells.
      if (!isSyscallError(error)) throw error;
      counted = false;
      return 0;
    }
  };
}
