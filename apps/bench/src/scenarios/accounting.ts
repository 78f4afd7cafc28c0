import { medianSorted } from "simple-statistics";
import { Burner, SHAPES, type Shape } from "../burner.ts";
import { Casting } from "../casting.ts";
import type { Scenario } from "../contender.ts";
import { functionPool } from "../function-pool.ts";
import { OutsideJudge } from "../outside-judge.ts";
import { ascending } from "../statistics/summary.ts";
import type { Target } from "../target.ts";

const WORK_MS = 100;
/** One in a hundred of the work, or half a millisecond. */
const ALLOWED_MS = Math.max(0.01 * WORK_MS, 0.5);
const EMPTY_JOBS = 5;
const FUNCTION = "pool.execute() of a function, beside its work";
const FUNCTION_JUDGED = "pool.execute() of a function, beside its cgroup";
const LIST = Object.keys(SHAPES) as Shape[];
/** What the kernel takes back after the last instruction is nobody's known work. */
const KNOWN: readonly Shape[] = LIST.filter((shape) => shape !== "large");

const besideKernel = (shape: Shape): string => `run(), ${SHAPES[shape]}, beside its cgroup`;
const besideWork = (shape: Shape): string => `run(), ${SHAPES[shape]}, beside its work`;

export const accounting: Scenario = {
  name: "accounting",
  says: `CPU time in the report minus the true one, of jobs that use ${WORK_MS} ms; work is what the job's own threads counted, and what an empty job is charged`,
  unit: "ms",
  plot: "error",
  rounds: { full: 12, quick: 2 },
  seconds: { full: 12, quick: 2 },
  warmUp: 1,
  async prepare({ signal }) {
    const casting = new Casting(signal);
    await casting.addWith([...LIST.map(besideKernel), ...KNOWN.map(besideWork)], compileAndTry, (burner) => {
      addBesideKernel(casting, burner);
      addBesideWork(casting, burner);
    });
    await casting.addWith(
      [FUNCTION, FUNCTION_JUDGED],
      // A standby of the pool would use time beside the jobs that are judged.
      () => functionPool({ standby: false }),
      (pool) => {
        const how = `pool.execute("burn", [${WORK_MS}]), ${pool.start} start`;
        const charge = async (ms: number): Promise<number> => (await pool.execute("burn", [ms])).report.usage.cpuMs;
        addMeasuredWork(casting, FUNCTION, how, charge);
        addJudged(casting, [[FUNCTION_JUDGED, how, () => charge(WORK_MS)]]);
      },
    );
    return casting.stage(
      null,
      [...LIST.map(besideKernel), ...KNOWN.map(besideWork), FUNCTION, FUNCTION_JUDGED].map(targetFor),
    );
  },
};

function targetFor(of: string): Target {
  return {
    kind: "bound",
    of,
    quantile: 1,
    atMost: ALLOWED_MS,
    says: "CPU time is reported to 1 % or half a millisecond",
  };
}

/** The cgroups of this process are there from the first job on. */
async function compileAndTry(): Promise<Burner> {
  const burner = Burner.compile();
  try {
    (await burner.burn("one", 0)).orThrow();
    return burner;
  } catch (error) {
    burner[Symbol.dispose]();
    throw error;
  }
}

type Judged = readonly [name: string, how: string, charge: () => Promise<number>];

function addBesideKernel(casting: Casting, burner: Burner): void {
  const one = (shape: Shape): Judged => [
    besideKernel(shape),
    `run(["burn", "${shape}", "${WORK_MS}"])`,
    async () => (await burner.burn(shape, WORK_MS)).orThrow().report.usage.cpuMs,
  ];
  addJudged(casting, LIST.map(one));
}

function addJudged(casting: Casting, list: readonly Judged[]): void {
  try {
    const judge = OutsideJudge.find();
    for (const [name, how, charge] of list) {
      casting.addMeter(name, `${how}, usage.cpuMs minus what the cgroup above all jobs has more`, async () => {
        const { usedMs, result } = await judge.judge(charge);
        return { value: result - usedMs };
      });
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    casting.addAbsent(...list.map(([name]) => ({ name, why })));
  }
}

function addBesideWork(casting: Casting, burner: Burner): void {
  for (const shape of KNOWN) {
    const how = `run(["burn", "${shape}", "${WORK_MS}"]), usage.cpuMs minus ${WORK_MS} and minus that of "burn ${shape} 0"`;
    addMeasuredWork(
      casting,
      besideWork(shape),
      how,
      async (ms) => (await burner.burn(shape, ms)).orThrow().report.usage.cpuMs,
    );
  }
}

/** @param charge of a job that uses this many milliseconds */
function addMeasuredWork(casting: Casting, name: string, how: string, charge: (ms: number) => Promise<number>): void {
  const empty: number[] = [];
  casting.addMeter(name, how, async () => {
    while (empty.length < EMPTY_JOBS) empty.push(await charge(0));
    return { value: (await charge(WORK_MS)) - WORK_MS - medianSorted(ascending(empty)) };
  });
}
