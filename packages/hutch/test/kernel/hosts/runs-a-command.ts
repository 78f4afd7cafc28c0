// Starts a command that would sleep for long, says how to find it, and waits for it.
import { run } from "../../../src/index.ts";

const seconds = `${600 + Math.random()}`;
process.stdout.write(`${seconds}\n`);
await run(["/bin/sh", "-c", `sleep ${seconds} & sleep ${seconds}; wait`], { limits: { wallMs: 60_000 } });
