// Process 1 of a pid namespace of the test's own: kills hosts and workers at random moments, then looks for what is left.
// Prints what it found as JSON. Arguments: how many hosts to kill.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tryCall } from "@hutch/syscall";
import { until } from "../until.ts";

const HOST = join(import.meta.dir, "keeps-launching.ts");
const NEXT = join(import.meta.dir, "runs-true.ts");
const LONGEST_MS = 700;
const kills = Number(process.argv[2]);

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It ended while we looked.
    return "";
  }
};
const processes = (): number[] =>
  readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 1);
const living = (): number[] =>
  processes().filter((pid) => {
    const status = read(`/proc/${pid}/status`);
    return status !== "" && !/^State:\s*[ZX]/m.test(status);
  });
const mounts = (): string => read("/proc/self/mountinfo");
const random = (below: number): number => Math.floor(Math.random() * below);

const start = (program: string): Bun.Subprocess<"ignore", "pipe", "ignore"> =>
  Bun.spawn([process.execPath, "--conditions=hutch-source", program], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });

const hosts = new Set<string>();
const mountsBefore = mounts();
const own = living();
let tookLongestMs = 0;
let workersKilled = 0;
for (let killed = 0; killed < kills; killed += 1) {
  const host = start(HOST);
  hosts.add(`${host.pid}`);
  // From the first instruction of the host to the middle of its jobs.
  if (killed % 4 !== 0) await host.stdout.getReader().read();
  await Bun.sleep(random(LONGEST_MS));
  if (killed % 3 === 0) {
    const others = living().filter((pid) => !own.includes(pid) && pid !== host.pid);
    const victim = others[random(others.length)];
    if (victim !== undefined) {
      tryCall("kill", victim, 9);
      workersKilled += 1;
    }
    await Bun.sleep(random(30));
  }
  host.kill("SIGKILL");
  await host.exited;
  const from = performance.now();
  await until(() => living().every((pid) => own.includes(pid)));
  tookLongestMs = Math.max(tookLongestMs, performance.now() - from);
}
const next = start(NEXT);
const said = (await new Response(next.stdout).text()).trim();
await next.exited;
await until(() => living().every((pid) => own.includes(pid)));

/** What hosts of ours made in any cgroup tree, and nobody holds the lock of. Other tests have folders there, too. */
const cgroups = [...new Bun.Glob("**/hutch-*-*").scanSync({ cwd: "/sys/fs/cgroup", onlyFiles: false })].filter(
  (folder) =>
    hosts.has(/hutch-(\d+)-\w+$/.exec(folder)?.[1] ?? "") &&
    Bun.spawnSync(["flock", "--nonblock", `/sys/fs/cgroup/${folder}`, "true"]).exitCode === 0,
);
// A namespace lives by its processes and by mounts of it, so it needs no look of its own.
console.log(
  JSON.stringify({
    said,
    workersKilled,
    tookLongestMs: Math.round(tookLongestMs),
    processes: living()
      .filter((pid) => !own.includes(pid))
      .map((pid) => read(`/proc/${pid}/cmdline`)),
    mounts: mounts() === mountsBefore,
    temporary: readdirSync(process.env["TMPDIR"] ?? "/tmp"),
    cgroups,
  }),
);
