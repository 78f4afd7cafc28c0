// Starts a hostile program in each of the ways: a command at once, a command of a pool, a function of a pool, a bare process.
import { join } from "node:path";
import { type Limits, type Policy, run } from "hutch";
import type { Attempt, Mode, Trial } from "./attempt.ts";
import { argvOf } from "./build-programs.ts";
import type { AttackedPool, Pools } from "./pools.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";

/** Time to spare: which limit ends a job is the question, not how fast this machine is. */
const LIMITS: Partial<Limits> = { cpuMs: 20_000, wallMs: 60_000 };
const BARE_DEADLINE_MS = 60_000;
/** Where jobs see the programs. */
const INSIDE = "/attack";

export interface Place {
  readonly stage: Stage;
  readonly pools: Pools;
}

export interface Started {
  /** null for what needs none. */
  readonly pool: AttackedPool | null;
  readonly attempt: () => Promise<Attempt>;
}

export async function prepareStart(scenario: Scenario, trial: Trial, place: Place): Promise<Started> {
  const { limits, policy } = optionsOf(scenario, trial.mode, place.stage);
  const signal = new AbortController().signal;
  if (trial.start === "bare") return { pool: null, attempt: () => bare(scenario, place.stage) };
  if (trial.start === "warm") return await preparedFunction(scenario, { limits, policy }, place);
  const folder = policy.backend === "posix-fork" ? join(place.stage.folder, "programs") : INSIDE;
  const argv = [...argvOf(scenario.program, folder), ...(scenario.argument === undefined ? [] : [scenario.argument])];
  const stdin = scenario.stdin === undefined ? {} : { stdin: scenario.stdin };
  if (trial.start === "exec")
    return { pool: null, attempt: () => attemptOf(() => run(argv, { limits, policy, signal, ...stdin })) };
  const pool = await place.pools.get({ limits, policy });
  return { pool, attempt: () => attemptOf(() => pool.run(argv, { signal, ...stdin })) };
}

function optionsOf(
  scenario: Scenario,
  mode: Mode,
  stage: Stage,
): { readonly limits: Partial<Limits>; readonly policy: Partial<Policy> } {
  const { openly } = scenario;
  const weaker = mode === "openly" && openly.by === "policy" ? openly : null;
  const given = scenario.policy?.(stage) ?? {};
  const plain = mode === "plain" || (mode === "openly" && openly.by === "posix-fork");
  const shown = { kind: "read-only", source: join(stage.folder, "programs"), path: INSIDE } as const;
  // A function's module is shown by its pool.
  const files = [...(scenario.program.endsWith(".ts") ? [] : [shown]), ...(given.files ?? [])];
  return {
    limits: { ...LIMITS, ...scenario.limits, ...weaker?.limits },
    policy: {
      ...given,
      ...(mode === "behind" ? scenario.behind : {}),
      ...weaker?.policy,
      ...(plain ? { backend: "posix-fork", files: [] } : { files: weaker?.policy?.files ?? files }),
      env: { ...stage.targets, PYTHONDONTWRITEBYTECODE: "1", ...given.env },
    },
  };
}

async function preparedFunction(
  scenario: Scenario,
  options: { readonly limits: Partial<Limits>; readonly policy: Partial<Policy> },
  { stage, pools }: Place,
): Promise<Started> {
  const pool = await pools.get({ module: join(stage.folder, "programs/functions/attack.ts"), ...options });
  const targets = { ...stage.targets, ARGUMENT: scenario.argument ?? "" };
  const name = scenario.program.replace(/\.ts$/, "");
  const attempt = async (): Promise<Attempt> => {
    const outcome = await pool.execute("attack", [name, targets]);
    const { verdict, report } = outcome;
    const printed = new TextDecoder().decode(outcome.stdout);
    // TRUST: it may have answered with anything.
    const said = outcome.ok ? [outcome.value].flat().map(String).join("\n") : printed;
    const error = outcome.ok ? "" : `${outcome.error?.message}${outcome.error?.stack}`;
    const errors = new TextDecoder().decode(outcome.stderr);
    const everything = `${said}${printed}${errors}${error}${verdict.reason}`;
    return { status: verdict.status, blame: verdict.blame, said, everything, ended: { verdict, report } };
  };
  return { pool, attempt };
}

async function attemptOf(start: () => PromiseLike<import("hutch").RunResult>): Promise<Attempt> {
  try {
    const result = await start();
    const { verdict, report } = result;
    const said = result.text();
    const everything = `${said}${result.text("stderr")}${verdict.reason}`;
    return { status: verdict.status, blame: verdict.blame, said, everything, ended: { verdict, report } };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { status: "refused", blame: "none", said, everything: said, ended: null };
  }
}

async function bare(scenario: Scenario, stage: Stage): Promise<Attempt> {
  const within = scenario.openly.by === "bare" ? (scenario.openly.within ?? []) : [];
  const folder = join(stage.folder, "programs");
  const argv = scenario.program.endsWith(".ts")
    ? [process.execPath, join(folder, "functions/bare.ts"), scenario.program.replace(/\.ts$/, "")]
    : argvOf(scenario.program, folder);
  const child = Bun.spawn([...within, ...argv, ...(scenario.argument === undefined ? [] : [scenario.argument])], {
    cwd: stage.folder,
    // It inherits everything, as processes do.
    env: { ...process.env, ...scenario.policy?.(stage).env, ARGUMENT: scenario.argument ?? "", ...stage.targets },
    stdin: new TextEncoder().encode(scenario.stdin ?? ""),
    stdout: "pipe",
    stderr: "pipe",
    timeout: BARE_DEADLINE_MS,
    killSignal: "SIGKILL",
  });
  const said = await new Response(child.stdout).text();
  const errors = await new Response(child.stderr).text();
  await child.exited;
  return {
    status: child.signalCode === null ? "ended" : `${child.signalCode}`,
    blame: "none",
    said,
    everything: `${said}${errors}`,
    ended: null,
  };
}
