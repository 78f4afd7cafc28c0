// What a run came to, as a file: the document is made from one of root and one of an unprivileged user.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { probe } from "hutch";
import type { Mode } from "../attempt.ts";
import type { ScenarioResults } from "../run-suite.ts";
import { outcomeOf } from "./outcome.ts";

const USERS = ["root", "unprivileged"] as const;
export type User = (typeof USERS)[number];

export interface RecordedTrial {
  readonly start: string;
  readonly mode: Mode;
  readonly outcome: string;
}

export interface RunRecord {
  readonly user: User;
  readonly day: string;
  readonly kernel: string;
  readonly bun: string;
  readonly cgroups: string;
  /** By the names of scenarios. */
  readonly trials: Readonly<Record<string, readonly RecordedTrial[]>>;
}

const FOLDER = join(import.meta.dir, "../../record");

export function recordOf(results: readonly ScenarioResults[], user: User): RunRecord {
  const { kernel, bunVersion, cgroups } = probe();
  const trials = results.map(
    (result) =>
      [
        result.scenario.name,
        result.trials.map((trial) => ({ start: trial.start, mode: trial.mode, outcome: outcomeOf(trial) })),
      ] as const,
  );
  // Without what a machine's owner added to the version.
  const version = /^\d+\.\d+\.\d+/.exec(kernel)?.[0] ?? kernel;
  const day = new Date().toISOString().slice(0, 10);
  return { user, day, kernel: version, bun: bunVersion, cgroups, trials: Object.fromEntries(trials) };
}

export function writeRecord(record: RunRecord, folder: string = FOLDER): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${record.user}.json`);
  writeFileSync(path, `${JSON.stringify(record, null, 1)}\n`);
  return path;
}

/** @throws Error where there is none of a user */
export function readRecords(folder: string = FOLDER): readonly RunRecord[] {
  return USERS.map((user) => {
    const path = join(folder, `${user}.json`);
    if (!existsSync(path))
      throw new Error(`Cannot read "${path}": make it by bun run test:attacks --record as ${user}`);
    return JSON.parse(readFileSync(path, "utf8"));
  });
}
