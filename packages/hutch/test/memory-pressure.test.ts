import { describe, expect, test } from "bun:test";
import type { MemoryLevel } from "@hutch/linux-clone";
import { type MemoryPressure, memoryPressure } from "../src/memory-pressure.ts";

const MiB = 2 ** 20;

/** A machine of 1 GiB whose time and memory are what the test says. */
class Machine {
  nowMs = 1000;
  freeBytes = 512 * MiB;
  stalledPercent = 0;
  #look: (() => void) | null = null;
  readonly pressure: MemoryPressure = memoryPressure({
    now: () => this.nowMs,
    level: (): MemoryLevel => ({
      stalledPercent: this.stalledPercent,
      rooms: [{ of: "the machine", limitBytes: 1024 * MiB, freeBytes: this.freeBytes }],
    }),
    every: (_ms, look) => {
      this.#look = look;
      return () => {
        this.#look = null;
      };
    },
  });

  get looking(): boolean {
    return this.#look !== null;
  }

  run(seconds: number): void {
    for (let second = 0; second < seconds; second += 1) {
      this.nowMs += 1000;
      this.#look?.();
    }
  }

  /** @returns seconds until it is enough again */
  recover(): number {
    this.freeBytes = 512 * MiB;
    let seconds = 0;
    for (; this.pressure.short !== null; seconds += 1) this.run(1);
    return seconds;
  }
}

describe("memoryPressure()", () => {
  test("is short below a sixteenth of a limit, and enough above twice of that, for a while", () => {
    const machine = new Machine();
    const told: (string | null)[] = [];
    const watch = machine.pressure.watch(() => told.push(machine.pressure.short));
    machine.freeBytes = 65 * MiB;
    machine.run(3);
    expect(told).toEqual([]);
    machine.freeBytes = 63 * MiB;
    machine.run(3);
    expect(told).toEqual(["the machine has 63 MiB of 1024 MiB left"]);
    machine.freeBytes = 127 * MiB;
    machine.run(60);
    expect(told).toHaveLength(1);
    machine.freeBytes = 129 * MiB;
    machine.run(2);
    expect(told).toHaveLength(1);
    machine.run(1);
    expect(told).toEqual(["the machine has 63 MiB of 1024 MiB left", null]);
    watch[Symbol.dispose]();
    expect(machine.looking).toBe(false);
  });

  test("is short while processes wait for memory, however much there is", () => {
    const machine = new Machine();
    using _watch = machine.pressure.watch(() => {});
    machine.stalledPercent = 9;
    machine.run(1);
    expect(machine.pressure.short).toBeNull();
    machine.stalledPercent = 11;
    machine.run(1);
    expect(machine.pressure.short).toBe("processes waited for memory in 11 % of the last ten seconds");
    machine.stalledPercent = 6;
    machine.run(60);
    expect(machine.pressure.short).not.toBeNull();
    machine.stalledPercent = 4;
    machine.run(3);
    expect(machine.pressure.short).toBeNull();
  });

  test("waits twice as long each time that it is short again soon after, and a minute at most", () => {
    const machine = new Machine();
    using _watch = machine.pressure.watch(() => {});
    const shortAgain = (): number => {
      machine.freeBytes = 0;
      machine.run(1);
      return machine.recover();
    };
    const waits = Array.from({ length: 7 }, shortAgain);
    expect(waits).toEqual([3, 5, 9, 17, 33, 61, 61]);
    machine.run(60);
    expect(shortAgain()).toBe(3);
  });

  test("a pool that comes while it is short knows at once; a look is for all of them", () => {
    const machine = new Machine();
    machine.freeBytes = 0;
    const first = machine.pressure.watch(() => {});
    expect(machine.pressure.short).not.toBeNull();
    const second = machine.pressure.watch(() => {});
    first[Symbol.dispose]();
    expect(machine.looking).toBe(true);
    second[Symbol.dispose]();
    expect(machine.looking).toBe(false);
  });
});
