import { describe, expect, test } from "bun:test";
import { planEventLoop } from "../../src/warm/event-loop.ts";

const fd = (value: number): never => value as never;

describe("planEventLoop()", () => {
  test("makes each descriptor, moves it to its number and leaves nothing else open", () => {
    const steps = planEventLoop({
      queues: [{ fd: fd(5), registrations: [{ fd: fd(6), events: 0x80000019, data: 0x21d87da0400n }] }],
    });
    expect(steps.map((step) => step.call)).toEqual([
      "epoll_create1",
      "dup3",
      "close",
      "eventfd2",
      "dup3",
      "close",
      "epoll_ctl",
    ]);
    expect(steps[1]?.args).toEqual([{ slot: 0 }, 5, 0o2000000]);
    expect(steps[6]?.args.slice(0, 3)).toEqual([5, 1, 6]);
  });

  test("has no step for an event loop that is not there yet", () => {
    expect(planEventLoop({ queues: [] })).toEqual([]);
  });
});
