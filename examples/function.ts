// Calls functions of a module that nobody trusts, each call in a process and a sandbox of its own.
//   bun install && bun --conditions=hutch-source examples/function.ts
// That is in a clone; "bun" is "npx --yes bun@1.4.5" where it is not installed.
import { createPool, JobError } from "hutch";

// The type gives names, arguments and results; the module itself is never evaluated here.
type Tasks = typeof import("./untrusted/tasks.ts");

await using pool = await createPool<Tasks>({
  module: new URL("./untrusted/tasks.ts", import.meta.url),
  workers: 2,
  // The wall limit leaves room for a machine that is busy with other things.
  limits: { cpuMs: 500, wallMs: 20_000, memoryBytes: 256 * 2 ** 20 },
});

// call() returns the value.
const pixels = new Uint8Array(64 * 64).map((_, index) => index % 256);
const half = await pool.call("halve", [pixels, 64]);
console.log(`halve: ${pixels.length} pixels to ${half.length}`);

const { words, at, hash } = await pool.call("describe", ["to be or not to be", new Date(0)]);
console.log("describe:", words, at.toISOString(), typeof hash);

// call() throws a JobError for every other end. Its cause is the error of the job's own code.
try {
  await pool.call("parsePrice", ["ten"]);
} catch (error) {
  if (!(error instanceof JobError)) throw error;
  console.log("parsePrice:", error.verdict.status, "-", error.cause);
}

// execute() never throws for a job's end.
const outcome = await pool.execute("spin", [], { limits: { cpuMs: 100, wallMs: 20_000 } });
console.log("spin:", outcome.verdict.status, "-", outcome.verdict.reason);

// The next job starts from a clean copy, whatever the last one did.
console.log("parsePrice:", await pool.call("parsePrice", ["12.50"]));
console.log(`jobs start ${pool.start}${pool.startWhy === "" ? "" : ` (${pool.startWhy})`}`);
