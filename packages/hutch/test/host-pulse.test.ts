import { describe, expect, test } from "bun:test";
import { hostPulse } from "../src/host-pulse.ts";

/** A machine whose time goes on only when it is told to. */
class Machine {
  nowMs = 1000;
  memoryMs = 50;
  beats = 0;
  #beat: { readonly everyMs: number; readonly call: () => void; dueMs: number } | null = null;

  now = (): number => this.nowMs;
  memoryStallMs = (): number => this.memoryMs;
  every = (everyMs: number, call: () => void): (() => void) => {
    this.#beat = { everyMs, call, dueMs: this.nowMs + everyMs };
    return () => {
      this.#beat = null;
    };
  };

  get beating(): boolean {
    return this.#beat !== null;
  }

  /** Its event loop runs. */
  run(ms: number): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      const dueMs = Math.max(this.nowMs, this.#beat?.dueMs ?? endMs);
      this.nowMs = Math.min(endMs, dueMs);
      const beat = this.#beat;
      if (beat === null || beat.dueMs > this.nowMs) continue;
      beat.dueMs = this.nowMs + beat.everyMs;
      this.beats += 1;
      beat.call();
    }
  }

  standStill(ms: number): void {
    this.nowMs += ms;
  }
}

describe("hostPulse()", () => {
  test("sees no stall of a host whose event loop runs", () => {
    const machine = new Machine();
    using watch = hostPulse(machine).watch();
    machine.run(60_000);
    expect(watch.stillMs()).toBe(0);
  });

  test("adds up the times in which the event loop stood still, also before it runs again", () => {
    const machine = new Machine();
    using watch = hostPulse(machine).watch();
    machine.run(1000);
    machine.standStill(500);
    expect(watch.stillMs()).toBeGreaterThanOrEqual(400);
    machine.run(1000);
    machine.standStill(700);
    machine.run(1000);
    expect(watch.stillMs()).toBeGreaterThanOrEqual(1000);
    expect(watch.stillMs()).toBeLessThanOrEqual(1200);
  });

  test("counts what a watch has seen, not what was before or beside it", () => {
    const machine = new Machine();
    const pulse = hostPulse(machine);
    using early = pulse.watch();
    machine.run(1000);
    machine.standStill(2000);
    machine.run(150);
    using late = pulse.watch();
    machine.run(1000);
    expect(late.stillMs()).toBe(0);
    expect(early.stillMs()).toBeGreaterThan(1500);
  });

  test("counts the time in which the machine did nothing for want of memory", () => {
    const machine = new Machine();
    using watch = hostPulse(machine).watch();
    for (let i = 0; i < 10; i++) {
      machine.memoryMs += 40;
      machine.run(100);
    }
    expect(watch.stillMs()).toBe(400);
  });

  test("beats on for a second after the last watch, then not at all", () => {
    const machine = new Machine();
    const pulse = hostPulse(machine);
    pulse.watch()[Symbol.dispose]();
    machine.run(900);
    expect(machine.beating).toBe(true);
    machine.run(2000);
    expect(machine.beating).toBe(false);
    const { beats } = machine;
    machine.run(10_000);
    expect(machine.beats).toBe(beats);
    using watch = pulse.watch();
    expect(machine.beating).toBe(true);
    expect(watch.stillMs()).toBe(0);
  });
});
