// A pool whose jobs crash, spin, leak and exit in turn, and what it says to each of them.
//   bun install && bun --conditions=hutch-source examples/pool.ts
// That is in a clone; "bun" is "npx --yes bun@1.4.5" where it is not installed.
import { createPool, isHutchError } from "hutch";

const pool = await createPool<typeof import("./untrusted/troubled.ts")>({
  module: new URL("./untrusted/troubled.ts", import.meta.url),
  maxWorkers: 2,
  maxQueue: 4,
  retireAfter: { jobs: 20 },
  // The wall limit leaves room, so that what computes meets its CPU limit also on a busy machine.
  limits: { cpuMs: 500, wallMs: 20_000, memoryBytes: 192 * 2 ** 20, outputBytes: 2 ** 20 },
});

// Every trouble has a verdict of its own, and the next job starts as if nothing had happened.
const troubles = [
  pool.execute("throws", []),
  pool.execute("crashes", []),
  pool.execute("spins", []),
  pool.execute("sleeps", [60_000], { limits: { wallMs: 300 } }),
];
const further = [
  () => pool.execute("leaks", [], { limits: { cpuMs: 10_000 } }),
  () => pool.execute("exits", [0]),
  () => pool.execute("exits", [3]),
  () => pool.execute("floods", []),
  () => pool.execute("waitsForever", []),
  () => pool.execute("works", [7]),
];
const show = ({ verdict, ...outcome }: Awaited<(typeof troubles)[number]>): void => {
  const said = outcome.ok ? JSON.stringify(outcome.value) : verdict.reason;
  console.log(`${verdict.status.padEnd(17)} blame ${verdict.blame.padEnd(10)} ${said}`);
};
for (const outcome of await Promise.all(troubles)) show(outcome);
for (const next of further) show(await next());

// What ends a call without a verdict is an error with a code: nothing is said about the job.
const code = (error: unknown): string => (isHutchError(error) ? `${error.code}: ${error.message}` : String(error));
const shift = new AbortController();
const busy = [1, 2].map(() => pool.call("sleeps", [60_000], { signal: shift.signal, limits: { wallMs: 90_000 } }));
const gone = Promise.allSettled(busy);
console.log(`\nlate:  ${await pool.call("works", [8], { deadlineMs: 200 }).catch(code)}`);
const queue = ["low", "low", "normal", "high"] as const;
const served: string[] = [];
const waiting = queue.map((priority, order) =>
  pool.call("works", [order], { priority }).then(() => served.push(priority)),
);
console.log(`full:  ${await pool.call("works", [9]).catch(code)}`);
shift.abort(new Error("the shift is over"));
const [ended] = await gone;
console.log(`ended: ${ended?.status === "rejected" ? code(ended.reason) : "no"}`);
await Promise.all(waiting);
console.log(`order: ${served.join(", ")}`);

const last = pool.call("sleeps", [300]);
await pool.close();
console.log(`close: ${await last}, then ${await pool.call("works", [10]).catch(code)}`);

const { workers, jobs, calls } = pool.stats();
const ends = Object.entries(jobs.ended).flatMap(([status, count]) => (count === 0 ? [] : [`${count} ${status}`]));
console.log(`\n${ends.join(", ")}; ${calls.lost.full} refused, ${calls.lost.deadline} late`);
console.log(`${workers.started} workers started, ${workers.ready} left, ${workers.ended.died} died`);
