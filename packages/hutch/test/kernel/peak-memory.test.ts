import { expect, test } from "bun:test";
import { run } from "../../src/index.ts";

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
