// A job's end is told as it was: exit codes, signals, and nothing made up where nobody saw it.
import { type ConformanceCase, expectEnd, expectTrue } from "./subject.ts";

const shell = (script: string): string[] => ["sh", "-c", script];

export const ENDS: readonly ConformanceCase[] = [
  ...[0, 1, 7, 125, 255].map(
    (code): ConformanceCase => ({
      name: `a command's exit code ${code} is its own`,
      check: async ({ run }) =>
        expectEnd(await run(shell(`exit ${code}`)), {
          status: code === 0 ? "ok" : "failed",
          exitCode: code,
          signal: null,
        }),
    }),
  ),
  ...["TERM", "KILL", "ABRT", "SEGV", "HUP", "USR1"].map(
    (signal): ConformanceCase => ({
      // A process 1 would not get a signal that it has no handler for, and abort() of one looks like a segmentation fault.
      name: `a command that ends itself by SIG${signal} is told as that, and blamed on nobody`,
      check: async ({ run }) =>
        expectEnd(await run(shell(`kill -${signal} $$; sleep 5`)), {
          status: "signaled",
          signal: `SIG${signal}`,
          blame: "ambiguous",
          retry: "once",
        }),
    }),
  ),
  {
    name: "a function that aborts is told as SIGABRT",
    check: async ({ call }) => expectEnd(await call("abort"), { status: "signaled", signal: "SIGABRT" }),
  },
  {
    name: "a function that ends itself by a signal is told as that",
    check: async ({ call }) =>
      expectEnd(await call("endBySignal", ["SIGTERM"]), { status: "signaled", signal: "SIGTERM" }),
  },
  {
    name: "a command that is not there is the command's failure, with the kernel's reason",
    check: async ({ run }) =>
      expectEnd(await run(["/no/such/command"]), { status: "failed", blame: "job", executeError: "ENOENT" }),
  },
  {
    name: "output is what was written, and input arrives whole",
    check: async ({ run }) => {
      const stdin = "line\n".repeat(20_000);
      expectEnd(await run(["cat"], { stdin }), { status: "ok", stdout: stdin });
    },
  },
  {
    name: "a command that does not read its input is no failure",
    check: async ({ run }) => expectEnd(await run(shell("exit 0"), { stdin: "x".repeat(2 ** 20) }), { status: "ok" }),
  },
  {
    name: "what a command leaves running does not hold up its verdict",
    check: async ({ run }) => {
      const ended = await run(shell("sleep 600 & exit 3"), { limits: { wallMs: 60_000 } });
      expectEnd(ended, { status: "failed", exitCode: 3 });
      expectTrue(ended.report.usage.wallMs < 60_000, `it took ${ended.report.usage.wallMs} ms`);
    },
  },
];
