// A fork bomb, a memory hog and a disk filler at once, again and again, while jobs come that harm nobody: each ends as it should.
import { expect, test } from "bun:test";
import { type Limits, probe, run, type VerdictStatus } from "hutch";

const MiB = 2 ** 20;
const ROUNDS = 2;
const PATIENT: Partial<Limits> = { cpuMs: 60_000, wallMs: 300_000 };

interface Attacker {
  readonly script: string;
  readonly limits: Partial<Limits>;
  readonly ends: readonly VerdictStatus[];
}

/** Where the kernel counts, a refused process is known to the verdict; elsewhere it is what the shell makes of it. */
const counted = !probe().cgroups.startsWith("none");
const ATTACKERS: readonly Attacker[] = [
  {
    script: "bomb() { bomb & bomb; }; bomb",
    limits: { cpuMs: 2000, processes: 32 },
    ends: counted ? ["process-limit", "cpu-limit"] : ["failed", "cpu-limit"],
  },
  { script: "x=x; while :; do x=$x$x; done", limits: { memoryBytes: 48 * MiB }, ends: ["memory-limit"] },
  {
    script: "while :; do cat /dev/zero > /tmp/one; cat /dev/zero > /tmp/two; done",
    limits: { cpuMs: 1000, diskBytes: 16 * MiB },
    ends: ["cpu-limit"],
  },
  {
    script: "exec cat /dev/zero > /tmp/one",
    limits: { diskBytes: 64 * MiB, fileSizeBytes: 8 * MiB },
    ends: ["disk-limit"],
  },
];

async function benign(): Promise<number> {
  const started = performance.now();
  const { verdict, text } = await run(["/bin/sh", "-c", "echo well; ls -A /tmp"], { limits: PATIENT });
  expect([verdict.reason, verdict.status, text()]).toEqual(["it exited with 0", "ok", "well\n"]);
  return performance.now() - started;
}

test("jobs beside attackers end as they do alone, and so do the attackers", async () => {
  const alone: number[] = [];
  for (let job = 0; job < 10; job++) alone.push(await benign());

  let attacking = true;
  const beside: number[] = [];
  const watching = (async () => {
    while (attacking) beside.push(await benign());
  })();
  for (let round = 0; round < ROUNDS; round++)
    await Promise.all(
      ATTACKERS.map(async ({ script, limits, ends }) => {
        const { verdict } = await run(["/bin/sh", "-c", script], { limits: { ...PATIENT, ...limits } });
        expect([script, verdict.reason, ends.includes(verdict.status), verdict.blame]).toEqual([
          script,
          verdict.reason,
          true,
          "job",
        ]);
      }),
    );
  attacking = false;
  await watching;
  expect(beside.length).toBeGreaterThan(0);
  // Facts for who reads the log; how fast a machine is, is no fact about Hutch.
  console.log(
    `${alone.length} jobs alone: ${milliseconds(alone)}; ${beside.length} beside attackers: ${milliseconds(beside)}`,
  );
});

function milliseconds(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, most ${at(1)} ms`;
}
