// O5: verdict and figures are true. What was measured has to fit together, whatever the job wrote.
import { ReportSchema } from "hutch";
import type { Attempt } from "../attempt.ts";

/** Clocks of the kernel tick, and a job's end is noticed a little later. */
const SLACK_MS = 20;

export function findLies({ ended, status, said }: Attempt): readonly string[] {
  if (ended === null) return [];
  const { verdict, report } = ended;
  const { usage, limits, timings } = report;
  const wrong: string[] = [];
  const expect = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(`O5: ${what}: ${verdict.reason}; ${JSON.stringify(usage)}`);
  };
  expect(isReport(report), "the report does not follow its schema");
  expect(report.status === verdict.status && status === verdict.status, "verdict and report differ");
  expect(!["internal", "worker-died"].includes(status) || verdict.blame !== "job", "blame and status do not fit");
  expect(status !== "ok" || verdict.exitCode === 0 || verdict.exitCode === null, "ok with another exit code");
  expect(status !== "ok" || usage.cpuMs <= limits.cpuMs, "ok with too much CPU time");
  expect(status !== "ok" || usage.outputBytes <= limits.outputBytes, "ok with too much output");
  expect(status !== "cpu-limit" || usage.cpuMs >= limits.cpuMs * 0.9, "cpu-limit with less CPU time");
  expect(status !== "wall-limit" || usage.wallMs >= limits.wallMs, "wall-limit before its time");
  expect(usage.wallMs <= timings.totalMs + SLACK_MS, "it ran for longer than the caller waited");
  expect(
    usage.cpuMs <= (usage.wallMs + SLACK_MS) * navigator.hardwareConcurrency + SLACK_MS,
    "more CPU time than this machine has",
  );
  expect(usage.processes === null || usage.processes <= limits.processes, "more processes than allowed");
  expect(report.isolation.start === "warm" || usage.outputBytes >= said.length, "more output than was counted");
  return wrong;
}

function isReport(report: unknown): boolean {
  const checked = ReportSchema["~standard"].validate(report);
  return !(checked instanceof Promise) && checked.issues === undefined;
}
