// The walker's types stand beside core's, because neither package may import the other: here they are held together. What
// differs shows in the type check, not in a run.
import { expectTypeOf, test } from "bun:test";
import type { LaunchPlan, Step, StepArgument } from "@hutch/core";
import type { WalkArgument, WalkPlan, WalkStep } from "@hutch/syscall";

/** What is for people and for errors, and no matter of the walker's. */
type Told = "detail" | "ofPolicy" | "why";

test("the walker takes every part of a plan, and nothing that no plan can say", () => {
  expectTypeOf<StepArgument>().toEqualTypeOf<WalkArgument>();
  expectTypeOf<keyof Step>().toEqualTypeOf<keyof WalkStep | Told>();
  expectTypeOf<keyof LaunchPlan>().toEqualTypeOf<keyof WalkPlan>();
  expectTypeOf<Step>().toExtend<WalkStep>();
  expectTypeOf<LaunchPlan>().toExtend<WalkPlan>();
});
