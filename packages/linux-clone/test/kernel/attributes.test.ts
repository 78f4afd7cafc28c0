// What a job would inherit from a launcher that is dear to its machine: with the plan's steps it does not, without them it does.
import { afterEach, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { constants, getPriority, setPriority } from "node:os";
import type { LaunchPlan, Step } from "@hutch/core";
import { tryCall } from "@hutch/syscall";
import { jobIoPriority, jobNice } from "../../src/confine/inherited-attributes.ts";
import { PRIVILEGED, sh } from "../sandbox.ts";
import { describeInSandbox, testIf } from "./need-sandbox.ts";

const ADDR_NO_RANDOMIZE = 0x0040000;
const SCORE = "/proc/self/oom_score_adj";
const SCHED_FIFO = 1;
const scoreBefore = readFileSync(SCORE, "utf8");

const without =
  (name: string) =>
  (plan: LaunchPlan): LaunchPlan => {
    const keep = (steps: readonly Step[]): Step[] => steps.filter((step) => step.name !== name);
    return { ...plan, outer: keep(plan.outer), inner: keep(plan.inner), handover: keep(plan.handover) };
  };
/** What a script says with all steps, and without those of a name. */
const withAndWithout = (name: string, script: string): [string, string] => [
  sh(script).stdout.trim(),
  sh(script, { change: without(name) }).stdout.trim(),
];

/** Root in a container may lack the right, as everybody else does. */
function lowerScore(): void {
  try {
    writeFileSync(SCORE, "-1000");
  } catch (error) {
    expect((error as { code?: string }).code).toBe("EACCES");
  }
}

afterEach(() => {
  tryCall("personality", 0);
  tryCall("sched_setscheduler", 0, 0, new Uint8Array(4));
  writeFileSync(SCORE, scoreBefore);
  if (!PRIVILEGED) return;
  setPriority(constants.priority.PRIORITY_NORMAL);
});

describeInSandbox("attributes of a launcher", () => {
  test("personality: fixed addresses", () => {
    tryCall("personality", ADDR_NO_RANDOMIZE);
    expect(withAndWithout("set personality", "cat /proc/self/personality")).toEqual(["00000000", "00040000"]);
  });

  test("out-of-memory score: a job goes first", () => {
    lowerScore();
    const [first, inherited] = withAndWithout("set out-of-memory score", `cat ${SCORE}`);
    expect(first).toBe("1000");
    expect(inherited).toBe(readFileSync(SCORE, "utf8").trim());
  });

  test("out-of-memory score: the job can not lower it below what root set", () => {
    const script = `(echo 999 > ${SCORE}) 2>/dev/null; cat ${SCORE}`;
    expect(sh(script).stdout.trim()).toBe("1000");
  });

  test("out-of-memory score: the launcher keeps its own, though it shares its memory with who sets the job's", () => {
    writeFileSync(SCORE, "300");
    sh("true");
    expect(readFileSync(SCORE, "utf8").trim()).toBe("300");
  });

  const asRoot = testIf(PRIVILEGED, "only root can have a priority to lend");
  asRoot("niceness below zero", () => {
    setPriority(-7);
    expect(getPriority()).toBe(-7);
    expect(withAndWithout("set priority", "cut -d' ' -f19 /proc/self/stat")).toEqual(["0", "-7"]);
    expect(sh("nice -n -1 cut -d' ' -f19 /proc/self/stat 2>/dev/null").stdout.trim()).toBe("0");
  });

  asRoot("real-time scheduling", () => {
    // Where the kernel shares real time out by group there may be none for us.
    const set = tryCall("sched_setscheduler", 0, SCHED_FIFO, new Uint8Array(new Int32Array([1]).buffer));
    if (set < 0) return;
    expect(withAndWithout("set priority", "cut -d' ' -f41 /proc/self/stat")).toEqual(["0", "1"]);
  });
});

test("jobNice() and jobIoPriority() never give more than is ordinary, and leave less as it is", () => {
  expect([40, 27, 20, 15, 1].map(jobNice)).toEqual([0, 0, 0, 5, 19]);
  const [realTime, bestEffort, idle] = [(1 << 13) | 0, (2 << 13) | 7, 3 << 13];
  expect([0, realTime, bestEffort, idle, -38].map(jobIoPriority)).toEqual([
    0,
    (2 << 13) | 4,
    bestEffort,
    idle,
    (2 << 13) | 4,
  ]);
});
