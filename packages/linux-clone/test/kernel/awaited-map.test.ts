// Where the launcher has the ids mapped (newuidmap), process 1 waits for that: the one wait of a launch for another process. A
// launcher that is gone, or never answers, ends it.
import { expect, test } from "bun:test";
import type { LaunchPlan, Step } from "@hutch/core";
import { SOCK, socketpair, tryCall } from "@hutch/syscall";
import { sh } from "../sandbox.ts";
import { describeInSandbox } from "./need-sandbox.ts";

const SHUT_RDWR = 2;

describeInSandbox("a range of ids that nobody maps", () => {
  const launch = (gone: boolean): ReturnType<typeof sh> => {
    using doorbell = socketpair(SOCK.STREAM);
    if (gone) tryCall("shutdown", doorbell.a.fd, SHUT_RDWR);
    const bound: Record<string, number> = { idMap: doorbell.b.fd, idMapHost: doorbell.a.fd };
    const bind = (step: Step): Step => ({
      ...step,
      args: step.args.map((each) => (typeof each === "object" && "late" in each ? (bound[each.late] ?? each) : each)),
    });
    const change = (plan: LaunchPlan): LaunchPlan => ({ ...plan, outer: plan.outer.map(bind) });
    return sh("echo ran", { policy: { ids: "range" }, request: { privileged: false }, change });
  };

  test("a launcher that is gone: the launch fails at once, at the ids that are not there", () => {
    const { exit, stdout } = launch(true);
    expect(exit).toMatchObject({ kind: "setup-failed", code: "EPERM" });
    expect(exit?.kind === "setup-failed" ? exit.step : "").toMatch(/^take ids \(step \d+ of \d+\)$/);
    expect(stdout).toBe("");
  });

  test("a launcher that never answers: the launch is ended after its deadline", () => {
    expect(() => launch(false)).toThrow(/"code":"ETIMEDOUT","step":\d+/);
  });
});
