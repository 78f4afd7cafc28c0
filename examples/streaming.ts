// Reads a job's output while it runs, and ends the job early.
//   bun install && bun --conditions=hutch-source examples/streaming.ts
// That is in a clone; "bun" is "npx --yes bun@1.4.5" where it is not installed.
import { run } from "hutch";

const slow = ["/bin/sh", "-c", "for i in 1 2 3; do echo line $i; sleep 0.1; done; echo done >&2"];

// A running job is an async iterable of chunks in the order of their arrival, and a promise of its result.
const job = run(slow);
for await (const { stream, bytes } of job) console.log(stream, JSON.stringify(new TextDecoder().decode(bytes)));
console.log((await job).verdict.status);

// An AbortSignal ends every process of the job. The promise rejects with the signal's reason: you asked, so there is no verdict.
try {
  await run(["sleep", "60"], { signal: AbortSignal.timeout(100) });
} catch (error) {
  console.log(`gave up: ${String(error)}`);
}

// Enough was seen: leaving the block ends the job.
{
  await using endless = run(["yes"], { limits: { outputBytes: 2 ** 40 } });
  for await (const { bytes } of endless) {
    console.log(`first ${bytes.length > 0 ? "chunk" : "nothing"} of yes`);
    break;
  }
}

// A stream as stdin.
const lines = new ReadableStream<Uint8Array>({
  start(controller) {
    for (const word of ["one", "two", "three"]) controller.enqueue(new TextEncoder().encode(`${word}\n`));
    controller.close();
  },
});
console.log((await run(["wc", "-l"], { stdin: lines })).text().trim(), "lines");
