import { describe, expect, test } from "bun:test";
import { type ControlReport, DEFAULT_LIMITS, DEFAULT_POLICY } from "@hutch/core";
import { reportLimits } from "../../src/confine/rlimits.ts";
import type { PlanContext } from "../../src/plan-context.ts";

function report(name: ControlReport["name"], cgroups: number): ControlReport | undefined {
  const request = { policy: DEFAULT_POLICY, limits: DEFAULT_LIMITS, start: "exec", cgroups } as const;
  return reportLimits({ request } as unknown as PlanContext).find((control) => control.name === name);
}

describe("reportLimits()", () => {
  test.each(["cpu-limit", "memory-limit"] as const)(
    "%s is whole with cgroups, and says what is not seen without",
    (name) => {
      expect(report(name, 1)?.state).toBe("enforced");
      expect(report(name, 0)).toMatchObject({ state: "partial", why: expect.stringContaining("not seen: ") });
    },
  );

  test("the kernel itself refuses processes, with or without", () => {
    for (const cgroups of [0, 1]) expect(report("process-limit", cgroups)?.state).toBe("enforced");
  });
});
