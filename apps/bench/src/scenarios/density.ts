// How long it takes until so many sandboxes stand side by side, each with a running command.
import { Casting } from "../casting.ts";
import type { Scenario } from "../contender.ts";
import { STAYING, withMany } from "../many-jobs.ts";

const COUNTS = [1, 10, 100] as const;
const MOST = 1000;

export const density: Scenario = {
  name: "density",
  says: "so many running commands side by side, each in a sandbox of its own: from the first call until the last has started",
  unit: "ms",
  plot: "line",
  axis: "sandboxes at once",
  rounds: { full: 3, quick: 1 },
  seconds: { full: 6, quick: 1 },
  warmUp: 0,
  settleMs: 50,
  async prepare({ quick, signal }) {
    const casting = new Casting(signal);
    for (const count of quick ? COUNTS : [...COUNTS, MOST]) {
      const create = async (ended: AbortSignal): Promise<{ readonly value: number }> => ({
        value: (await withMany(count, () => null, ended)).startMs,
      });
      casting.addMeter(`${count} at once`, `${count} × ${STAYING}`, create, { series: "run()", at: count });
    }
    return casting.stage(null, []);
  },
};
