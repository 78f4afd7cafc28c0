// The conformance suite of core against each backend, through run() and through pools of each kind.
import { afterAll, beforeAll, describe, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONFORMANCE_MODULE, conformanceCases, type Ended, type Promised, type Subject } from "@hutch/core/testing";
import { createPool, type Pool, type PoolOptions, probe, type RunResult, run } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "hutch-conformance-"));
const module = join(folder, "tasks.ts");
writeFileSync(module, CONFORMANCE_MODULE);
// The user of a job is not ours.
chmodSync(folder, 0o755);
process.env["CONFORMANCE_SECRET"] = "secret";
afterAll(() => {
  delete process.env["CONFORMANCE_SECRET"];
  rmSync(folder, { recursive: true });
});

const cgroup: readonly Promised[] = probe().cgroups.startsWith("none") ? [] : ["cgroup"];

const endOf = (result: RunResult): Ended => ({
  verdict: result.verdict,
  report: result.report,
  stdout: new TextDecoder().decode(result.stdout),
});

function subjectOf(pool: Pool, command: Subject["run"]): Subject {
  return {
    run: command,
    async call(name, args = [], options = {}) {
      const outcome = await pool.execute(name, [...args], options);
      return {
        verdict: outcome.verdict,
        report: outcome.report,
        stdout: new TextDecoder().decode(outcome.stdout),
        ...(outcome.ok ? { value: outcome.value } : { error: outcome.error }),
      };
    },
  };
}

interface Way {
  readonly options: PoolOptions;
  readonly promised: readonly Promised[];
  /** Commands by run() and not by the pool. */
  readonly alone?: true;
}

const WAYS: Readonly<Record<string, Way>> = {
  "linux-clone, from standbys": { options: {}, promised: ["isolation", ...cgroup] },
  "linux-clone, on demand": { options: { standby: false }, promised: ["isolation", ...cgroup] },
  "linux-clone, several jobs in a worker": {
    options: { concurrentTasksPerWorker: 4 },
    promised: ["isolation", ...cgroup],
  },
  "linux-clone, run()": { options: {}, promised: ["isolation", ...cgroup], alone: true },
  "posix-fork": { options: { policy: { backend: "posix-fork" } }, promised: [] },
};

for (const [name, { options, promised, alone }] of Object.entries(WAYS)) {
  describe(`conformance: ${name}`, () => {
    let pool: Pool | undefined;
    let subject: Subject;
    beforeAll(async () => {
      const opened = await createPool({ module, workers: 2, ...options });
      pool = opened;
      const command = async (...[argv, given]: Parameters<Subject["run"]>): Promise<Ended> =>
        endOf(alone === true ? await run(argv, given) : await opened.run(argv, given));
      subject = subjectOf(opened, command);
    });
    afterAll(() => pool?.close());
    for (const { name: what, check } of conformanceCases(promised)) test(what, () => check(subject));
  });
}
