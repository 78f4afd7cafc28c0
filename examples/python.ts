// A pool that runs untrusted Python, each program in a fresh process with CPython loaded already. Takes some ten seconds to
// start: threads that compiled the interpreter end first, because a process with threads cannot be copied.
//   bun install && bun --conditions=hutch-source examples/python.ts
// That is in a clone; "bun" is "npx --yes bun@1.4.5" where it is not installed.
import { createPool, JobError } from "hutch";

const here = new URL(".", import.meta.url);
await using pool = await createPool<typeof import("./untrusted/run-python.ts")>({
  module: new URL("./untrusted/run-python.ts", here),
  root: here.pathname,
  preload: ["pyodide", new URL("./trusted/python.ts", here).pathname],
  limits: { cpuMs: 2_000, wallMs: 20_000, memoryBytes: 256 * 2 ** 20 },
});
console.log(`jobs start ${pool.start} ${pool.startWhy}`.trim());

const average = "import statistics\nprint('of six')\nstatistics.mean([1, 2, 3, 4, 5, 6])";
const { printed, value } = await pool.call("runPython", [average]);
console.log(`average ${printed}: ${value}`);

// An error of the program is an error of the job, with Python's own traceback.
await pool.call("runPython", ["1 / 0"]).catch((error: unknown) => {
  if (error instanceof JobError) console.log(String(error.cause).trim().split("\n").at(-1));
});

// Python can reach JavaScript here, and then it is in the same sandbox with no more rights.
const outside = "from js import process\nprocess.env.HOME or 'no home'";
console.log(`environment: ${(await pool.call("runPython", [outside])).value}`);

// What one program breaks the next one does not see.
for (const program of ["import builtins\nbuiltins.print = None", "print('still here')"])
  console.log(`printed: ${(await pool.call("runPython", [program])).printed}`);

const { verdict } = await pool.execute("runPython", ["while True: pass"], { limits: { cpuMs: 500, wallMs: 20_000 } });
console.log(`endless: ${verdict.status} - ${verdict.reason}`);
