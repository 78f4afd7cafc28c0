// Looks through its own memory for what only the host knows; the worker that it was copied from never had it.
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import type { Targets } from "./native.ts";

const CHUNK = 2 ** 20;

export default function scanMemory({ TARGET_PREFIX = "" }: Targets): string[] {
  // Not the prefix itself, which an argument brought: with what can only follow in a secret.
  const prefix = Buffer.from(TARGET_PREFIX);
  const pattern = new RegExp(`${TARGET_PREFIX}[0-9a-f]{8}-[0-9a-f-]{27}`);
  const memory = openSync("/proc/self/mem", "r");
  const bytes = Buffer.alloc(CHUNK);
  let scanned = 0;
  let found = "";
  for (const line of readFileSync("/proc/self/maps", "utf8").split("\n")) {
    const [, from = "", to = "", writable] = /^([0-9a-f]+)-([0-9a-f]+) r(w)/.exec(line) ?? [];
    if (writable === undefined) continue;
    for (let at = BigInt(`0x${from}`); at < BigInt(`0x${to}`) && found === ""; at += BigInt(CHUNK - 64)) {
      const length = Number(BigInt(`0x${to}`) - at > BigInt(CHUNK) ? BigInt(CHUNK) : BigInt(`0x${to}`) - at);
      try {
        const read = readSync(memory, bytes, 0, length, at);
        scanned += read;
        const chunk = bytes.subarray(0, read);
        if (chunk.includes(prefix)) found = pattern.exec(chunk.toString("latin1"))?.[0] ?? "";
      } catch {
        // A mapping that cannot be read, or that went away.
        break;
      }
    }
  }
  closeSync(memory);
  if (scanned < CHUNK) return ["memory: reached nothing that could be scanned"];
  return [found === "" ? "memory: held" : `memory: reached ${found}`];
}
