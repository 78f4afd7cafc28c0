// Starts the lanes, hands scenarios out one at a time, and gathers the results in the order of the list.
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPrograms } from "./build-programs.ts";
import type { FromLane, ToLane } from "./messages.ts";
import type { TrialResult } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import { SECRET_PREFIX, STAGE_PROGRAM } from "./stage.ts";

export interface ScenarioResults {
  readonly scenario: Scenario;
  readonly trials: readonly TrialResult[];
}

export interface SuiteResults {
  readonly results: readonly ScenarioResults[];
  /** What is wrong with the suite's own processes: one that died, or that left something behind. */
  readonly problems: readonly string[];
}

/** @param onResult called in the order in which scenarios end */
export async function runSuite(
  scenarios: readonly Scenario[],
  lanes: number,
  onResult: (result: ScenarioResults) => void,
): Promise<SuiteResults> {
  const folder = mkdtempSync(join(tmpdir(), "hutch-attacks-"));
  try {
    // Jobs of posix-fork have another user than root.
    chmodSync(folder, 0o755);
    const programs = join(folder, "programs");
    mkdirSync(programs);
    const unbuilt = await buildPrograms(programs, new Set([STAGE_PROGRAM, ...scenarios.map(({ program }) => program)]));
    const waiting = [...scenarios];
    const done = new Map<Scenario, ScenarioResults>();
    const next = (): Scenario | undefined => waiting.shift();
    const problems: string[] = [];
    const lane = async (index: number): Promise<void> => {
      const temporary = join(folder, `lane-${index}`);
      mkdirSync(temporary, { mode: 0o755 });
      const wrong = await runLane({ temporary, programs, unbuilt, next }, (result) => {
        done.set(result.scenario, result);
        onResult(result);
      });
      problems.push(...wrong);
    };
    await Promise.all(Array.from({ length: Math.min(lanes, scenarios.length) }, (_, index) => lane(index)));
    for (const left of waiting) problems.push(`${left.name} did not run`);
    return { results: scenarios.flatMap((scenario) => done.get(scenario) ?? []), problems };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Lane {
  readonly temporary: string;
  readonly programs: string;
  readonly unbuilt: ReadonlyMap<string, string>;
  readonly next: () => Scenario | undefined;
}

/** @returns what is wrong with the lane itself */
async function runLane(lane: Lane, onResult: (result: ScenarioResults) => void): Promise<readonly string[]> {
  const problems: string[] = [];
  const secret = `${SECRET_PREFIX}${crypto.randomUUID()}`;
  let running: Scenario | undefined;
  const send = (message: ToLane): void => child.send(message);
  const proceed = (): void => {
    running = lane.next();
    if (running === undefined) send({ kind: "end" });
    else send({ kind: "run", name: running.name, unbuilt: lane.unbuilt.get(running.program) ?? null });
  };
  const careless = ["/etc/passwd", "/"].map((path) => openSync(path, "r"));
  const child = Bun.spawn(
    [process.execPath, "--conditions=hutch-source", join(import.meta.dir, "main.ts"), "lane", secret, lane.programs],
    {
      env: { ...process.env, TMPDIR: lane.temporary, SECRET_OF_THE_HOST: secret },
      // A host that was careless: two descriptors that are not closed at exec, of a file and of the root folder.
      stdio: ["ignore", "inherit", "inherit", ...careless],
      ipc(message: FromLane) {
        if (message.kind === "ran" && running !== undefined) onResult({ scenario: running, trials: message.results });
        if (message.kind === "closed") problems.push(...message.problems);
        else proceed();
      },
    },
  );
  for (const fd of careless) closeSync(fd);
  const code = await child.exited;
  const left = readdirSync(lane.temporary);
  if (code !== 0 || running !== undefined)
    problems.push(`a lane ended with ${child.signalCode ?? code} while ${running?.name ?? "nothing"} ran`);
  if (left.length > 0) problems.push(`a lane left ${left.join(", ")} in its folder for temporary files`);
  return problems;
}
