import { describe, expect, test } from "bun:test";
import type { Attempt } from "../src/attempt.ts";
import { judge, readWays } from "../src/judge.ts";
import type { Scenario } from "../src/scenario.ts";

const scenario: Scenario = {
  name: "one",
  from: [],
  does: "",
  control: "host",
  program: "one.c",
  openly: { by: "bare", expected: { reaches: ["a"] } },
};
const attempt = (said: string, status = "ok"): Attempt => ({
  status,
  blame: "job",
  said,
  everything: said,
  ended: null,
});

describe("readWays()", () => {
  test("reads lines of ways, and nothing else", () => {
    expect(readWays("a: held EPERM\nb, too: reached 42\nc: held\n")).toEqual([
      { way: "a", held: true, what: "EPERM" },
      { way: "b, too", held: false, what: "42" },
      { way: "c", held: true, what: "" },
    ]);
    for (const said of ["", "a: maybe\n", "a: held EPERM\nSegmentation fault\n"]) expect(readWays(said)).toBeNull();
  });
});

describe("judge()", () => {
  test("of a safe run wants every way held, and words at all", () => {
    expect(judge(scenario, "safe", attempt("a: held EPERM"))).toEqual([]);
    expect(judge(scenario, "safe", attempt("a: held EPERM\nb: reached"))).toHaveLength(1);
    expect(judge(scenario, "safe", attempt(""))).toHaveLength(1);
    expect(judge(scenario, "safe", attempt("a: held EPERM", "failed"))).toHaveLength(1);
    expect(judge(scenario, "safe", { ...attempt("a: held"), blame: "host" })).toHaveLength(1);
  });

  test("of a run without the control wants the attack to succeed", () => {
    expect(judge(scenario, "openly", attempt("a: reached\nb: held EPERM", "ended"))).toEqual([]);
    expect(judge(scenario, "openly", attempt("a: held EPERM\nb: reached", "ended"))).toHaveLength(1);
    expect(judge(scenario, "openly", attempt("a: reached", "SIGSEGV"))).toHaveLength(1);
  });

  test("of a limit wants its verdict, and no other", () => {
    const limited: Scenario = { ...scenario, safe: { status: ["memory-limit", "cpu-limit"] } };
    expect(judge(limited, "safe", attempt("", "cpu-limit"))).toEqual([]);
    expect(judge(limited, "safe", attempt("", "signaled"))).toHaveLength(1);
  });
});
