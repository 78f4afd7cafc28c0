import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuV1 } from "../../src/cgroup/cpu-v1.ts";

const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(files)) writeFileSync(join(folder, name), `${value}\n`);
}

test("cpuV1() splits the total without a rest below zero, however the numbers round", () => {
  write({ "cgroup.procs": 0, tasks: 0, "cpuacct.usage": 0, "cpuacct.usage_user": 0, "cpuacct.usage_sys": 0 });
  const part = cpuV1(folder);
  try {
    for (let nanos = 800_000; nanos < 900_000; nanos += 97) {
      write({ "cpuacct.usage": nanos, "cpuacct.usage_sys": 4_000_000 + nanos });
      const { userMicros, systemMicros } = part.cpu?.() ?? { userMicros: -1, systemMicros: -1 };
      expect(userMicros).toBe(0);
      expect(systemMicros).toBe(nanos / 1000);
    }
  } finally {
    part.close();
  }
});
