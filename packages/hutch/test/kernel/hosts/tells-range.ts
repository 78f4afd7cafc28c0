// Runs a shell script with a range of ids and says what it printed, or why that was refused.
import { type HostError, run } from "../../../src/index.ts";

const outcome = await run(["/bin/sh", "-c", process.argv[2] ?? ""], {
  // Enough for a machine that is emulated.
  limits: { cpuMs: 60_000, wallMs: 120_000 },
  policy: { ids: "range" },
}).then(
  (result) => ({ text: result.text(), errors: new TextDecoder().decode(result.stderr) }),
  (error: HostError) => ({ code: error.code, message: error.message, hints: error.hints }),
);
console.log(JSON.stringify(outcome));
