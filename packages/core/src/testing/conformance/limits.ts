// Limits end a job with the verdict that names them, and the next job runs as if nothing had been.
import { type ConformanceCase, expectEnd, expectTrue } from "./subject.ts";

const MiB = 2 ** 20;
const shell = (script: string): string[] => ["sh", "-c", script];

export const LIMITS: readonly ConformanceCase[] = [
  {
    name: "CPU time ends a command that spins, at its limit and not before",
    check: async ({ run }) => {
      const ended = await run(shell("while :; do :; done"), { limits: { cpuMs: 300, wallMs: 60_000 } });
      expectEnd(ended, { status: "cpu-limit", blame: "job", retry: "no" });
      expectTrue(ended.report.usage.cpuMs >= 270, `it ended at ${ended.report.usage.cpuMs} ms of 300`);
    },
  },
  {
    name: "CPU time ends a function that spins",
    check: async ({ call }) =>
      expectEnd(await call("spin", [], { limits: { cpuMs: 300, wallMs: 60_000 } }), { status: "cpu-limit" }),
  },
  {
    name: "CPU time of children counts, of those that nobody waits for too",
    needs: ["cgroup"],
    check: async ({ run }) => {
      const script = "for i in 1 2 3; do (while :; do :; done) & done; sleep 600";
      expectEnd(await run(shell(script), { limits: { cpuMs: 500, wallMs: 60_000 } }), { status: "cpu-limit" });
    },
  },
  {
    name: "wall time ends a command that sleeps",
    check: async ({ run }) => {
      const ended = await run(["sleep", "600"], { limits: { wallMs: 200 } });
      expectEnd(ended, { status: "wall-limit" });
      expectTrue(ended.report.usage.wallMs >= 200, `it ended after ${ended.report.usage.wallMs} ms of 200`);
    },
  },
  {
    name: "wall time ends a command that stopped itself",
    check: async ({ run }) =>
      expectEnd(await run(shell("kill -STOP $$"), { limits: { wallMs: 300 } }), { status: "wall-limit" }),
  },
  {
    name: "memory ends a function that takes more and more, and is told apart from any other SIGKILL",
    needs: ["cgroup"],
    check: async ({ call }) =>
      expectEnd(await call("hog", [], { limits: { memoryBytes: 128 * MiB } }), {
        status: "memory-limit",
        blame: "job",
      }),
  },
  {
    name: "output ends a command that prints without end",
    check: async ({ run }) => {
      const ended = await run(shell("while :; do echo 0123456789; done"), { limits: { outputBytes: 4096 } });
      expectEnd(ended, { status: "output-limit", blame: "job" });
      expectTrue(ended.stdout.length <= 4096, `${ended.stdout.length} bytes were kept of 4096`);
    },
  },
  {
    name: "output up to the limit is kept whole",
    check: async ({ run }) => {
      const stdout = "x".repeat(4096);
      expectEnd(await run(["cat"], { stdin: stdout, limits: { outputBytes: 4096 } }), { status: "ok", stdout });
    },
  },
  {
    name: "processes end where the limit says",
    needs: ["cgroup"],
    check: async ({ run }) => {
      const ended = await run(shell("for i in 1 2 3 4 5 6 7 8; do sleep 5 & done; wait"), {
        limits: { processes: 4, wallMs: 60_000 },
      });
      expectTrue(
        ended.verdict.status === "process-limit",
        `expected process-limit, saw ${ended.verdict.status}: ${ended.verdict.reason}`,
      );
    },
  },
  {
    name: "jobs run beside each other, and one that spins holds up no other",
    check: async ({ run, call }) => {
      const spinning = run(shell("while :; do :; done"), { limits: { cpuMs: 500, wallMs: 120_000 } });
      const others = await Promise.all(Array.from({ length: 4 }, (_, count) => call("add", [count, 1])));
      for (const [count, ended] of others.entries()) expectEnd(ended, { status: "ok", value: count + 1 });
      expectEnd(await spinning, { status: "cpu-limit" });
    },
  },
  {
    name: "a queue of jobs that all run into a limit does not stand still",
    check: async ({ run, call }) => {
      const all = await Promise.all(
        Array.from({ length: 9 }, () => run(["sleep", "600"], { limits: { wallMs: 100 } })),
      );
      for (const ended of all) expectEnd(ended, { status: "wall-limit" });
      expectEnd(await call("add", [1, 2]), { status: "ok", value: 3 });
    },
  },
  {
    name: "jobs with limits that differ from call to call each get their own",
    check: async ({ call }) => {
      for (let round = 0; round < 3; round += 1) {
        expectEnd(await call("spin", [], { limits: { cpuMs: 100, wallMs: 60_000 } }), { status: "cpu-limit" });
        expectEnd(await call("later", [150], { limits: { cpuMs: 5_000, wallMs: 60_000 } }), { status: "ok" });
      }
    },
  },
];
