// What the canary does: everything that forking a running JavaScriptCore could break, before a job's code relies on it.
import { exitGroup, STDOUT, writeAll } from "@hutch/syscall";

export const CANARY_PASSED = "hutch canary passed";
export const CANARY_DEADLINE_MS = 5_000;

const EMPTY_WASM = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
const LOOPS = 20_000;

/** Runs in the canary process and ends it. */
export function startCanaryWork(): void {
  tryEverything().then(
    () => say(CANARY_PASSED),
    (error: unknown) => say(error instanceof Error ? error.message : String(error)),
  );
}

function say(text: string): never {
  writeAll(STDOUT, new TextEncoder().encode(text));
  exitGroup(0);
}

async function tryEverything(): Promise<void> {
  let sum = 0;
  // Enough turns for the optimizing compilers to take over.
  for (let i = 0; i < LOOPS; i++) sum = (sum * 31 + i) % 65_537;
  if (!Number.isInteger(sum)) throw new Error("arithmetic is wrong");
  Bun.gc(true);
  await new Promise((resolve) => setTimeout(resolve, 1));
  const status = await Bun.file("/proc/self/status").text();
  if (!status.includes("Threads:")) throw new Error("an asynchronous file read gave no text");
  await WebAssembly.compile(EMPTY_WASM);
}
