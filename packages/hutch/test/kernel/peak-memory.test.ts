import { expect, test } from "bun:test";
import { join } from "node:path";
import { createPool, run } from "../../src/index.ts";
import type * as jobs from "./jobs/hold-memory.ts";

const MiB = 2 ** 20;

test("peak memory is the job's, however large the process that launched it", async () => {
  const ballast = new Uint8Array(300 * MiB).fill(1);
  for (const backend of ["auto", "posix-fork"] as const) {
    const { verdict, report } = await run(["/bin/sleep", "0.5"], { policy: { backend } });
    expect(verdict.status).toBe("ok");
    expect(report.usage.peakMemoryBytes).toBeGreaterThan(0);
    expect(report.usage.peakMemoryBytes).toBeLessThan(100 * MiB);
  }
  expect(ballast.length).toBe(300 * MiB);
});

test("memory that several processes have as one counts once", async () => {
  const limits = { memoryBytes: 128 * MiB, cpuMs: 30_000 };
  await using pool = await createPool<typeof jobs>({ module: join(import.meta.dir, "jobs/hold-memory.ts"), limits });
  // A function has a process of ours beside its own.
  const { verdict, report } = await pool.execute("hold", [80 * MiB]);
  expect(verdict.status).toBe("ok");
  expect(report.usage.peakMemoryBytes).toBeWithin(80 * MiB, 120 * MiB);
});

const python = Bun.which("python3") !== null;
test.skipIf(!python)(
  `and so does that of a program while it starts others${python ? "" : " (needs python3)"}`,
  async () => {
    const script = `import subprocess
held = bytearray(80 << 20)
for at in range(0, len(held), 4096): held[at] = 1
for _ in range(100): subprocess.run(["/bin/true"])`;
    const { verdict, report } = await run(["python3", "-c", script], {
      limits: { memoryBytes: 128 * MiB, cpuMs: 30_000 },
    });
    expect(verdict.status).toBe("ok");
    expect(report.usage.peakMemoryBytes).toBeWithin(80 * MiB, 120 * MiB);
  },
);
