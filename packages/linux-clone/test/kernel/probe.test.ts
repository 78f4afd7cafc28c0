import { expect, test } from "bun:test";
import { join } from "node:path";
import { DEFAULT_POLICY, type PlanRequest, parseLimits } from "@hutch/core";
import { openInit } from "../../src/open-init.ts";
import { isRealRoot, probe } from "../../src/probe/probe.ts";
import { tryPlan } from "../../src/probe/trial.ts";
import { planEverything, planSingles } from "../../src/probe/trials.ts";
import { readHostLayout } from "../../src/read-host-layout.ts";
import { describeInSandbox } from "./need-sandbox.ts";

const privileged = isRealRoot();
const id = privileged ? 0x3fff_fffe : (process.geteuid?.() ?? 0);
const request: PlanRequest = {
  policy: DEFAULT_POLICY,
  limits: parseLimits(),
  start: "exec",
  root: "build",
  privileged,
  ids: { uid: id, gid: privileged ? id : (process.getegid?.() ?? 0) },
  cgroups: 0,
  executables: [],
  descriptors: [],
};
const context = { request, host: readHostLayout(DEFAULT_POLICY), missing: new Set<never>() };

describeInSandbox("probe", () => {
  test("finds nothing missing here, as often as it is asked", () => {
    for (let asked = 0; asked < 2; asked += 1) expect(probe()).toEqual({ missing: [] });
  });

  test("each control also works alone", () => {
    using init = openInit();
    for (const [name, plan] of planSingles(context)) expect([name, tryPlan(plan, init.fd)]).toEqual([name, null]);
  });

  test("says which step was refused, with the kernel's reason", () => {
    using init = openInit();
    const plan = planEverything(context);
    const broken = {
      ...plan,
      outer: plan.outer.map((step) =>
        step.name === "mount proc"
          ? { ...step, args: [{ text: "x" }, { text: "/nowhere" }, { text: "proc" }, 0, 0] }
          : step,
      ),
    };
    const failure = tryPlan(broken, init.fd);
    expect(failure).toMatchObject({ call: "mount", code: "ENOENT" });
    expect(failure?.what).toStartWith("mount proc /proc");
  });

  test("says when init cannot be executed", () => {
    using status = Bun.file("/dev/null").size === 0 ? openInit() : openInit();
    const failure = tryPlan(
      {
        ...planEverything(context),
        handover: planEverything(context).handover.filter((step) => step.name !== "become init"),
      },
      status.fd,
    );
    expect(failure?.code).toBeDefined();
  });
});

/** A user namespace that allows none below it stands in for a machine with user.max_user_namespaces=0. */
const NO_NAMESPACES = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" "$@"';

describeInSandbox("without user namespaces", () => {
  const canTry = Bun.spawnSync(["unshare", "-Ur", "sh", "-c", NO_NAMESPACES, "true"]).success;
  const untried = canTry ? "" : " (unshare makes no user namespace here)";
  test.skipIf(!canTry)(`a plan is refused for one cause with one fix, and nothing else is tried${untried}`, () => {
    const script = `
      import { linuxClone } from "${join(import.meta.dir, "../../src/backend.ts")}";
      import { DEFAULT_LIMITS, DEFAULT_POLICY } from "@hutch/core";
      const probe = linuxClone.probe();
      let refused = null;
      try {
        linuxClone.plan({ policy: DEFAULT_POLICY, limits: DEFAULT_LIMITS, start: "exec", root: "build", privileged: false,
          ids: { uid: 0, gid: 0 }, cgroups: 0, executables: ["/bin/true"], descriptors: [] }, probe);
      } catch (error) { refused = { message: error.message, hints: error.hints }; }
      console.log(JSON.stringify({ missing: probe.missing, refused }));`;
    const command = [process.execPath, "--conditions=hutch-source", "-e", script];
    const { stdout, stderr } = Bun.spawnSync(["unshare", "-Ur", "sh", "-c", NO_NAMESPACES, ...command], {
      cwd: import.meta.dir,
    });
    expect(stderr.toString()).toBe("");
    const { missing, refused } = JSON.parse(stdout.toString());
    expect(refused.message).toBe("Cannot start the sandbox: user-namespace (the kernel refused clone: ENOSPC)");
    expect(refused.hints).toEqual(["sysctl user.max_user_namespaces=10000"]);
    expect(missing.filter((control: { fix?: string }) => control.fix !== undefined)).toHaveLength(1);
  });
});
