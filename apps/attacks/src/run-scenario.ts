// Runs one scenario in every way that applies, and says of each what came of it.
import type { Attempt, Mode, Trial } from "./attempt.ts";
import { judge, readWays, type Way } from "./judge.ts";
import { askBefore, askOracles } from "./oracles/oracles.ts";
import { processesWithEnvironment } from "./processes.ts";
import type { Need, Scenario } from "./scenario.ts";
import { type Place, prepareStart } from "./start-program.ts";

export interface TrialResult extends Trial {
  readonly status: string;
  readonly said: string;
  /** What it said of each way; null where it said something else, or nothing. */
  readonly ways: readonly Way[] | null;
  readonly ms: number;
  /** Empty where everything is as it should be. */
  readonly problems: readonly string[];
  /** Why it did not run here; null where it did. */
  readonly skipped: string | null;
}

export interface Conditions extends Place {
  /** Why the program could not be built; null where it was. */
  readonly unbuilt: string | null;
  /** This process may make cgroups. */
  readonly counted: boolean;
  readonly root: boolean;
  /** Why posix-fork cannot be tried here; null where it can. */
  readonly noPlain: string | null;
}

function trialsOf(scenario: Scenario): readonly Trial[] {
  const isFunction = scenario.program.endsWith(".ts");
  const starts = isFunction ? (["warm"] as const) : (["exec", "standby"] as const);
  const first = starts[0];
  const trials: Trial[] = starts.map((start) => ({ mode: "safe", start }));
  if (scenario.behind !== undefined) trials.push({ mode: "behind", start: first });
  if (scenario.plain !== undefined) trials.push({ mode: "plain", start: first });
  if (scenario.openly.by !== "nowhere")
    trials.push({ mode: "openly", start: scenario.openly.by === "bare" ? "bare" : first });
  return trials;
}

export async function runScenario(scenario: Scenario, conditions: Conditions): Promise<readonly TrialResult[]> {
  const results: TrialResult[] = [];
  for (const trial of trialsOf(scenario)) {
    const skipped = whySkipped(scenario, trial, conditions);
    const started = performance.now();
    const result =
      skipped === null
        ? await runTrial(scenario, trial, conditions)
        : { status: "skipped", said: "", ways: null, problems: problemsOfSkip(scenario, trial, conditions), skipped };
    results.push({ ...trial, ...result, ms: Math.round(performance.now() - started) });
  }
  return results;
}

function needsOf(scenario: Scenario, mode: Mode): readonly Need[] {
  const open = mode === "openly" && "needs" in scenario.openly ? (scenario.openly.needs ?? []) : [];
  return [...(scenario.needs ?? []), ...open];
}

function whySkipped(scenario: Scenario, { mode }: Trial, conditions: Conditions): string | null {
  const { unbuilt, root, noPlain } = conditions;
  if (scenario.only !== undefined && (scenario.only === "root") !== root) return `it concerns ${scenario.only} alone`;
  if (unbuilt !== null) return unbuilt;
  const lacking = needsOf(scenario, mode).find((need) => !need.here());
  if (lacking !== undefined) return `it needs ${lacking.what}`;
  const plain = mode === "plain" || (mode === "openly" && scenario.openly.by === "posix-fork");
  return plain ? noPlain : null;
}

/** What has a compiler and does not compile is broken, and so is a look for a feature that does not find what is there. */
function problemsOfSkip(scenario: Scenario, { mode }: Trial, { unbuilt, root }: Conditions): readonly string[] {
  if (scenario.only !== undefined && (scenario.only === "root") !== root) return [];
  if (unbuilt !== null) return unbuilt.startsWith("it does not compile") ? [unbuilt] : [];
  return needsOf(scenario, mode)
    .filter(({ here, sign }) => sign?.() === true && !here())
    .map(({ what }) => `it was skipped for ${what}, which this machine has`);
}

type Ran = Omit<TrialResult, "ms" | "mode" | "start">;

async function runTrial(scenario: Scenario, trial: Trial, conditions: Conditions): Promise<Ran> {
  const { stage, counted } = conditions;
  const { attempt: start, pool } = await prepareStart(scenario, trial, conditions);
  const plain = trial.mode === "plain" || (trial.mode === "openly" && scenario.openly.by === "posix-fork");
  const next = { start: trial.start, pool, isolated: !plain };
  const before = trial.mode === "openly" ? null : await askBefore(stage, next);

  const over = new AbortController();
  const meanwhile = scenario.meanwhile?.(stage, over.signal);
  const attempt = await start();
  over.abort();
  await meanwhile;

  const problems = [...judge(scenario, trial.mode, attempt)];
  if (before === null) endWhatIsLeft(stage.folder);
  else {
    problems.push(
      ...(await askOracles(before, stage, { attempt, program: scenario.program.replace(/\.c$/, ""), next })),
    );
    if (attempt.ended !== null && trial.mode !== "plain")
      problems.push(...(scenario.check?.(attempt.ended, counted) ?? []));
  }
  return { status: attempt.status, said: shorten(attempt), ways: readWays(attempt.said), problems, skipped: null };
}

/** What runs in no sandbox may leave processes, and nobody else takes them away. */
function endWhatIsLeft(folder: string): void {
  for (const pid of processesWithEnvironment(`TARGET_FOLDER=${folder}`)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      // It ended by itself, or it is a process of a set-user-id program that root has to see to.
      if (!["ESRCH", "EPERM"].includes((error as { code: string }).code)) throw error;
    }
  }
}

const MOST_WORDS = 400;
const shorten = ({ said }: Attempt): string =>
  (said.length > MOST_WORDS ? `${said.slice(0, MOST_WORDS)}…` : said).trim();
