// How many jobs fit beside each other: more and more, up to a share of what the machine has that cannot hurt it.
import { type Pool, run } from "hutch";
import { Casting } from "../casting.ts";
import type { Scenario, Turn } from "../contender.ts";
import { functionPool, type Tasks } from "../function-pool.ts";
import { commandLineOf, descendants } from "../process-memory.ts";
import { exhausted, extrapolate, ROOM_NAMES, type Room, roomLeft, TAKEN } from "../room.ts";

const COMMAND = ["/usr/bin/sleep", "300"];
const LIMITS = { cpuMs: 5000, wallMs: 300_000 };
const TASKS = 1024;
/** Between two looks at what is left. */
const STEP = 25;
/** For a step's jobs to be there. */
const STEP_MS = 10_000;
const LIMIT_MS = { full: 5000, quick: 700, long: 60_000 } as const;

export const capacity: Scenario = {
  name: "capacity",
  says: `so many jobs ran side by side when ${TAKEN.memoryMiB * 100} % of the free memory, ${TAKEN.processes * 100} % of the free process ids, ${TAKEN.descriptors * 100} % of the descriptors or the time was used up; the bench goes no further`,
  unit: "jobs",
  plot: "bars",
  rounds: { full: 1, quick: 1 },
  seconds: { full: 12, quick: 2 },
  warmUp: 0,
  settleMs: 50,
  async prepare({ effort, signal }) {
    const casting = new Casting(signal);
    const limitMs = LIMIT_MS[effort];
    casting.addMeter("run()", `run(["${COMMAND.join('", "')}"]), again and again`, (ended) =>
      fill(limitMs, ended, (stop) => run(COMMAND, { limits: LIMITS, signal: stop })),
    );
    // A pool for each turn: closing it ends its jobs at once.
    casting.addMeter(
      "pool.call()",
      `createPool({ concurrentTasksPerWorker: ${TASKS}, standby: false }).call("stay"), again and again`,
      async (ended) => {
        await using pool: Pool<Tasks> = await functionPool({
          concurrentTasksPerWorker: TASKS,
          standby: false,
          workers: 1,
          limits: LIMITS,
        });
        const before = initsBelow();
        const running = (): number => initsBelow() - before;
        return await fill(limitMs, ended, (stop) => pool.call("stay", [], { signal: stop }), { most: TASKS, running });
      },
    );
    return casting.stage(null, []);
  },
};

/** Every job has one. */
function initsBelow(): number {
  return descendants().filter((pid) => commandLineOf(pid) === "init").length;
}

interface Bounds {
  /** Where something else allows no more. */
  readonly most?: number;
  /** How many are there; unless given, those that were started are. */
  readonly running?: () => number;
}

async function fill(
  limitMs: number,
  ended: AbortSignal,
  start: (stop: AbortSignal) => PromiseLike<unknown>,
  { most = Number.POSITIVE_INFINITY, running = () => Number.POSITIVE_INFINITY }: Bounds = {},
): Promise<Turn> {
  const stop = new AbortController();
  const ends: Promise<unknown>[] = [];
  const failures: unknown[] = [];
  const before = roomLeft();
  const startedMs = performance.now();
  let now = before;
  let why: string | null = null;
  try {
    while (why === null) {
      for (let step = 0; step < STEP && ends.length < most; step += 1) {
        const job = Promise.resolve(start(stop.signal));
        ends.push(
          job.then(
            () => failures.push(new Error("a job ended by itself")),
            (error: unknown) => stop.signal.aborted || failures.push(error),
          ),
        );
      }
      const stepMs = performance.now();
      do {
        // What could not start has failed by then.
        await Bun.sleep(10);
        ended.throwIfAborted();
        if (failures.length > 0) throw failures[0];
        if (performance.now() - stepMs > STEP_MS) throw new Error(`the last ${STEP} of ${ends.length} did not start`);
      } while (running() < ends.length);
      now = roomLeft();
      why = reason(before, now, ends.length, most, performance.now() - startedMs > limitMs);
    }
    return { value: ends.length, note: noteOf(ends.length, before, now, why) };
  } finally {
    stop.abort(new DOMException("The bench has seen enough", "AbortError"));
    await Promise.all(ends);
  }
}

function reason(before: Room, now: Room, count: number, most: number, late: boolean): string | null {
  const used = exhausted(before, now);
  if (used !== null) return `${TAKEN[used] * 100} % of the ${ROOM_NAMES[used]} was used up`;
  if (count >= most) return `a worker takes no more than ${most}`;
  return late ? "the time for it was up" : null;
}

function noteOf(count: number, before: Room, now: Room, why: string): string {
  const each = (before.memoryMiB - now.memoryMiB) / count;
  const memory =
    each > 0
      ? `${each.toFixed(2)} MiB of the machine's memory each`
      : "what they took of the machine's memory is less than what others gave back meanwhile";
  const fits = (Object.entries(extrapolate(count, before, now)) as [keyof Room, number][])
    .filter(([, fit]) => Number.isFinite(fit))
    .map(([name, fit]) => `${fit} by the ${ROOM_NAMES[name]}`);
  return `stopped at ${count}, because ${why}; ${memory}. Extrapolated from these, not tried: ${fits.join(", ")}`;
}
