#!/usr/bin/env bun
// The bin entry of sandbox-cli. It imports nothing statically, so that another runtime gets a sentence and not a stack trace.

const NEEDED = [1, 4, 5] as const;

/** What is wrong with the runtime; null when it will do. */
function wrongRuntime(): string | null {
  const { bun, node } = process.versions;
  if (bun === undefined) return node === undefined ? "this is not Bun" : `this is Node.js ${node}`;
  const found = bun.split(/[.-]/).map(Number);
  for (const [index, least] of NEEDED.entries()) {
    const part = found[index] ?? 0;
    if (part > least) return null;
    if (part < least) return `this is Bun ${bun}`;
  }
  return null;
}

const wrong = wrongRuntime();
if (wrong !== null) {
  console.error(
    `sandbox-cli: Cannot start: ${wrong}, and Bun ${NEEDED.join(".")} or newer is needed\n  bunx --bun sandbox-cli, or: npm install --global bun`,
  );
  process.exit(125);
}
// Not import(): that starts threads, and takes a millisecond longer. Awaited, because Bun collects all garbage at the first
// turn of the event loop after a program's modules are done: two milliseconds, just when a short job has ended.
await import.meta.require(process.argv[2] === "run" ? "./run-program" : "./program").ended;

export {};
