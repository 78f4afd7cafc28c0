// What a module does while its standby waits: it is untrusted code that runs before anybody asked for it.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { createPool, run } from "../../src/index.ts";
import type * as busy from "./jobs/busy-at-load.ts";
import type * as costly from "./jobs/costly-at-load.ts";
import type * as holder from "./jobs/kills-holder.ts";
import { commandLine, descendantsOf } from "./processes.ts";
import { until } from "./until.ts";

const jobs = join(import.meta.dir, "jobs");
const spinning = (): number[] =>
  descendantsOf(process.pid).filter((pid) => commandLine(pid).startsWith("/bin/sh -c while :; do (i=0"));
/** Without a cgroup nobody counts what a waiting job uses, and so it evaluates nothing. */
const counted = (await run(["true"])).report.usage.processes !== null;
const uncounted = counted ? "" : " (no cgroup, so no module is evaluated early)";
const CONNECT = "import socket; socket.create_connection(('127.0.0.1', 40001), 1)";

test.skipIf(!counted)(
  `a module that works on while it waits reaches no other job, and ends at the CPU limit${uncounted}`,
  async () => {
    await using pool = await createPool<typeof busy>({
      module: join(jobs, "busy-at-load.ts"),
      limits: { cpuMs: 1_500, wallMs: 20_000 },
    });
    await until(() => spinning().length > 0);
    // The command's worker has the same network: the job that listens there is ended first.
    const connected = await pool.run(["python3", "-c", CONNECT]);
    expect(new TextDecoder().decode(connected.stderr)).toContain("ConnectionRefusedError");
    await until(() => spinning().length > 0);
    await until(() => spinning().length === 0);
    expect(await pool.call("port", [])).toBe(40_001);
  },
);

test.skipIf(!counted)(
  `what a module uses while it waits is not the call's, whose own limit holds${uncounted}`,
  async () => {
    const module = join(jobs, "costly-at-load.ts");
    const ends: string[] = [];
    // It has evaluated the module by then, unless the machine is too slow: what is left of that would be the call's.
    for (const waitMs of [1_500, 6_000, 20_000]) {
      await using pool = await createPool<typeof costly>({ module, limits: { cpuMs: 1_000, wallMs: 60_000 } });
      await Bun.sleep(waitMs);
      const { verdict, report } = await pool.execute("work", []);
      ends.push(`${verdict.status}: ${verdict.reason}`);
      if (report.usage.cpuMs < 1_000) break;
    }
    expect(ends.at(-1)).toBe("ok: it returned a value");
  },
);

test("a job that ends the process that holds its memory only ends more slowly", async () => {
  await using pool = await createPool<typeof holder>({ module: join(jobs, "kills-holder.ts") });
  for (let round = 0; round < 3; round += 1) {
    const { verdict } = await pool.execute("killHolder", []);
    expect(verdict.status).toBe("ok");
  }
});

test("a job that ends the process that holds its memory has none of its own left out of the count", async () => {
  await using pool = await createPool<typeof holder>({ module: join(jobs, "kills-holder.ts") });
  const count = async (replaced: boolean): Promise<number | null> =>
    (await pool.execute("startChildren", [4, replaced])).report.usage.processes;
  const ordinary = await count(false);
  // Where processes are not counted, none is left out.
  if (ordinary === null) return;
  expect(await count(true)).toBeGreaterThanOrEqual(ordinary);
});

test("what a job leaves running is gone when its result is there", async () => {
  await using pool = await createPool<typeof holder>({ module: join(jobs, "kills-holder.ts") });
  const left = (): number[] => descendantsOf(process.pid).filter((pid) => commandLine(pid).includes("date +%s%N"));
  const { verdict } = await pool.execute("leaveChild", [600_000]);
  expect(verdict.status).toBe("ok");
  // It was killed before; the kernel may take a moment more.
  await until(() => left().length === 0);
});
