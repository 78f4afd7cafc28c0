import { Burner, SHAPES, type Shape } from "../burner.ts";
import { Casting } from "../casting.ts";
import type { Scenario, Turn } from "../contender.ts";
import { functionPool } from "../function-pool.ts";
import type { Target } from "../target.ts";

const LIMIT_MS = 60;
const ENDLESS_MS = 60_000;
const ALLOWED_MS = 5;
const LIST: readonly Shape[] = ["one", "threads", "reaped", "bursts"];
const FUNCTION = "pool.execute() of a function";

const nameOf = (shape: Shape): string => `run(), ${SHAPES[shape]}`;

export const overshoot: Scenario = {
  name: "overshoot",
  says: `CPU time past a limit of ${LIMIT_MS} ms that jobs had used when they were ended`,
  unit: "ms",
  plot: "error",
  rounds: { full: 40, quick: 6 },
  seconds: { full: 8, quick: 1.5 },
  warmUp: 1,
  async prepare({ signal }) {
    const casting = new Casting(signal);
    const limits = { cpuMs: LIMIT_MS, wallMs: ENDLESS_MS };
    await casting.addWith(
      LIST.map(nameOf),
      async () => Burner.compile(),
      (burner) => {
        for (const shape of LIST) {
          casting.addMeter(
            nameOf(shape),
            `run(["burn", "${shape}", "${ENDLESS_MS}"]), cpuMs: ${LIMIT_MS}`,
            async () => {
              const { verdict, report } = await burner.burn(shape, ENDLESS_MS, limits);
              return pastLimit(verdict, report);
            },
          );
        }
      },
    );
    await casting.addWith(
      [FUNCTION],
      () => functionPool({ limits }),
      (pool) =>
        casting.addMeter(FUNCTION, `pool.execute("burn", [${ENDLESS_MS}]), cpuMs: ${LIMIT_MS}`, async () => {
          const { verdict, report } = await pool.execute("burn", [ENDLESS_MS]);
          return pastLimit(verdict, report);
        }),
    );
    return casting.stage(null, [...LIST.map(nameOf), FUNCTION].map(targetFor));
  },
};

function targetFor(of: string): Target {
  return { kind: "bound", of, quantile: 0.99, atMost: ALLOWED_MS, says: "a job is ended soon after its CPU limit" };
}

/** @throws Error for an end that was none by the limit */
function pastLimit(
  { status, reason }: { readonly status: string; readonly reason: string },
  { usage }: { readonly usage: { readonly cpuMs: number } },
): Turn {
  if (status !== "cpu-limit") throw new Error(`it ended by ${status}: ${reason}`);
  return { value: usage.cpuMs - LIMIT_MS };
}
