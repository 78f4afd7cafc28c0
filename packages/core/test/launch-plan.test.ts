import { describe, expect, test } from "bun:test";
import {
  describeStep,
  type LaunchPlan,
  PROTOCOL_VERSION,
  planSteps,
  refuseHello,
  type Step,
  signalName,
  signalNumber,
} from "@hutch/core";

const step = (name: Step["name"], detail?: string): Step => ({
  name,
  call: "mount",
  args: [],
  why: "",
  ...(detail === undefined ? {} : { detail }),
});

describe("describeStep()", () => {
  const plan: LaunchPlan = {
    cloneFlags: 0,
    start: "exec",
    outer: [step("new session")],
    inner: [step("mount read-only", '"/usr"')],
    handover: [step("become init")],
  };

  test("names the step and counts through outer, inner and handover", () => {
    expect(planSteps(plan).length).toBe(3);
    expect([0, 1, 2].map((index) => describeStep(plan, index))).toEqual([
      "new session (step 1 of 3)",
      'mount read-only "/usr" (step 2 of 3)',
      "become init (step 3 of 3)",
    ]);
  });

  test("says so when no step failed but the clone inside the plan", () => {
    for (const index of [3, -1, 99]) expect(describeStep(plan, index)).toBe("create process (after step 3)");
  });
});

describe("signalName()", () => {
  test("and signalNumber() are each other's inverse for every named signal", () => {
    for (let signal = 1; signal <= 31; signal += 1) expect(signalNumber(signalName(signal))).toBe(signal);
    expect([signalName(9), signalName(36), signalName(99), signalName(32), signalName(0)]).toEqual([
      "SIGKILL",
      "SIGRTMIN+2",
      "SIG99",
      "SIG32",
      "SIG0",
    ]);
    expect([signalNumber(""), signalNumber("SIGNOPE")]).toEqual([0, 0]);
  });
});

describe("refuseHello()", () => {
  const versions = { hutchVersion: "0.1.0", bunVersion: "1.4.5" };
  const hello = { kind: "hello", protocolVersion: PROTOCOL_VERSION, ...versions } as const;

  test("accepts a worker of the same versions and says what differs otherwise", () => {
    expect(refuseHello(hello, versions)).toBeNull();
    expect(refuseHello({ ...hello, protocolVersion: 99 }, versions)).toBe(
      `the worker speaks protocol 99, the host ${PROTOCOL_VERSION}`,
    );
    expect(refuseHello({ ...hello, hutchVersion: "0.2.0" }, versions)).toContain("Hutch 0.2.0");
    expect(refuseHello({ ...hello, bunVersion: "1.0.0" }, versions)).toContain("Bun 1.0.0");
  });
});
