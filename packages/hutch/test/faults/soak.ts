// A long run through one pool: what the host, its workers and the kernel hold at the first thousand jobs and at the last.
// Arguments: how many jobs (200,000 unless given). Ends with 1 where something grew.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createPool } from "../../src/index.ts";
import { descendantsOf } from "../kernel/processes.ts";

const JOBS = Number(process.argv[2] ?? 200_000);
const SAMPLES = 10;
const CALLERS = 4;
/** What a process may gain over the whole run: arenas that fill once, not a leak per job. */
const MOST_GROWTH: Readonly<Record<keyof Sample, number>> = {
  hostMiB: 64,
  workersMiB: 64,
  descriptors: 8,
  zombies: 8,
  cgroups: 16,
  mounts: 0,
};

interface Sample {
  readonly hostMiB: number;
  readonly workersMiB: number;
  readonly descriptors: number;
  readonly zombies: number;
  readonly cgroups: number;
  readonly mounts: number;
}

if (!Number.isInteger(JOBS) || JOBS < SAMPLES)
  throw new Error(`Cannot soak: expected a number of jobs from ${SAMPLES}`);

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It ended while we looked.
    return "";
  }
}

function residentMiB(pid: number | "self"): number {
  return Number(/^VmRSS:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

/** Folders of this process's own in all trees: one per job that runs, that waits, or that is kept for the next. */
function cgroupFolders(): number {
  const mounts = read("/proc/self/mountinfo")
    .split("\n")
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(" ")[4]);
  const own = read("/proc/self/cgroup")
    .split("\n")
    .map((line) => line.split(":")[2] ?? "");
  const places = new Set(mounts.flatMap((mount) => own.map((path) => `${mount}${path === "/" ? "" : path}`)));
  return [...places].reduce((sum, place) => sum + jobsBelow(place), 0);
}

function jobsBelow(place: string): number {
  try {
    return readdirSync(place)
      .filter((name) => name.startsWith(`hutch-${process.pid}-`))
      .reduce(
        (sum, name) =>
          sum + readdirSync(`${place}/${name}`, { withFileTypes: true }).filter((entry) => entry.isDirectory()).length,
        0,
      );
  } catch {
    return 0;
  }
}

function look(): Sample {
  Bun.gc(true);
  const descendants = descendantsOf(process.pid);
  const workers = descendants.filter((pid) => read(`/proc/${pid}/cmdline`).includes("/hutch/worker.js"));
  return {
    hostMiB: Math.round(residentMiB("self")),
    // Copies show the worker's command line too; the workers are the largest of them.
    workersMiB: Math.round(Math.max(0, ...workers.map(residentMiB))),
    descriptors: readdirSync("/proc/self/fd").length,
    zombies: descendants.filter((pid) => /^State:\s*Z/m.test(read(`/proc/${pid}/status`))).length,
    cgroups: cgroupFolders(),
    mounts: read("/proc/self/mountinfo").split("\n").length,
  };
}

await using pool = await createPool<{ add(a: number, b: number): number }>({
  module: join(import.meta.dir, "../kernel/jobs/tasks.ts"),
  workers: 2,
});
let started = 0;
const part = async (until: number): Promise<void> => {
  while (started < until) {
    const count = started++;
    if (count % 4 === 0) {
      const { verdict } = await pool.run(["true"]);
      if (verdict.status !== "ok") throw new Error(`job ${count}: ${verdict.status}: ${verdict.reason}`);
    } else if ((await pool.call("add", [count, 1])) !== count + 1) throw new Error(`job ${count} gave a wrong sum`);
  }
};
const through = async (until: number): Promise<void> => {
  await Promise.all(Array.from({ length: CALLERS }, () => part(until)));
};

await through(Math.min(1000, JOBS));
const first = look();
console.log(`after ${started} jobs:`, JSON.stringify(first));
let last = first;
for (let sample = 1; sample <= SAMPLES; sample += 1) {
  const beganMs = performance.now();
  const before = started;
  await through(Math.floor((JOBS * sample) / SAMPLES));
  last = look();
  const perSecond = Math.round(((started - before) / (performance.now() - beganMs)) * 1000);
  console.log(`after ${started} jobs (${perSecond} per second):`, JSON.stringify(last));
}
const grown = (Object.keys(first) as (keyof Sample)[]).filter((name) => last[name] - first[name] > MOST_GROWTH[name]);
console.log(grown.length === 0 ? "flat" : `grown: ${grown.join(", ")}`);
process.exitCode = grown.length === 0 ? 0 : 1;
