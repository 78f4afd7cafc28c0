import { describe, expect, test } from "bun:test";
import { toPid } from "../../../src/pid.ts";
import {
  getrlimit,
  getrusage,
  prlimit,
  processCpuMicros,
  RLIM_INFINITY,
  RLIMIT,
  RUSAGE,
  setrlimit,
} from "../../../src/posix/resource.ts";

describe("prlimit()", () => {
  test("sets and gives the limit before, on this process and by pid", () => {
    const before = getrlimit(RLIMIT.CORE);
    try {
      setrlimit(RLIMIT.CORE, { soft: 0n, hard: before.hard });
      expect(prlimit(toPid(process.pid), RLIMIT.CORE)).toEqual({ soft: 0n, hard: before.hard });
    } finally {
      setrlimit(RLIMIT.CORE, before);
    }
    expect(getrlimit(RLIMIT.CORE)).toEqual(before);
  });

  test("refuses a soft limit above the hard one with EINVAL", () => {
    expect(() => setrlimit(RLIMIT.CORE, { soft: 2n, hard: 1n })).toThrow("Cannot prlimit64: EINVAL");
  });

  test("carries 64-bit limits whole", () => {
    expect(RLIM_INFINITY).toBe(2n ** 64n - 1n);
    expect(typeof getrlimit(RLIMIT.AS).hard).toBe("bigint");
  });
});

/** What /proc counts in. */
const TICK_MICROS = 10_000;

test("processCpuMicros() counts the time of another process in less than ticks", async () => {
  const child = Bun.spawn(["/bin/sh", "-c", "while :; do :; done"]);
  try {
    const steps = new Set<number>();
    for (let last = 0; steps.size < 5; ) {
      const micros = processCpuMicros(child.pid) ?? 0;
      if (micros > last && last > 0) steps.add(micros - last);
      last = micros;
    }
    // How long this process waited in between is in the steps, too. Counted in ticks all of them were whole ones.
    expect([...steps].filter((micros) => micros % TICK_MICROS !== 0)).not.toEqual([]);
  } finally {
    child.kill("SIGKILL");
    // Its pidfd is one of this process's descriptors until then.
    await child.exited;
  }
  expect(processCpuMicros(0x3fff_ffff >> 4)).toBeNull();
});

test("getrusage() counts the time that this process burns", () => {
  const before = getrusage(RUSAGE.SELF);
  const began = process.cpuUsage();
  const burnt = (): number => {
    const { user, system } = process.cpuUsage(began);
    return user + system;
  };
  while (burnt() < 20_000) Math.sqrt(2);
  const after = getrusage(RUSAGE.SELF);
  const micros = after.userMicros + after.systemMicros - before.userMicros - before.systemMicros;
  expect(micros).toBeGreaterThanOrEqual(20_000);
  // The runtime's other threads may run between the two looks.
  const differences = Array.from({ length: 5 }, () => {
    const { userMicros, systemMicros } = getrusage(RUSAGE.SELF);
    return Math.abs((processCpuMicros(process.pid) ?? 0) - userMicros - systemMicros);
  });
  expect(Math.min(...differences)).toBeLessThan(20_000);
  expect(after.maxResidentBytes).toBeGreaterThan(1_000_000);
});
