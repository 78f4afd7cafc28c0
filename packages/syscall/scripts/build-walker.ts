// Compiles src/walk-plan.c for both architectures and writes src/walker-data.ts.
// Run: bun scripts/build-walker.ts
import { fileURLToPath } from "node:url";
import { type NativeProgram, writeNativeData } from "../../../tools/native-data.ts";

const DATA: string = fileURLToPath(new URL("../src/walker-data.ts", import.meta.url));

export const WALKER: NativeProgram = {
  name: "walker",
  source: fileURLToPath(new URL("../src/walk-plan.c", import.meta.url)),
  // SAFETY: -z now. A symbol that is looked up at its first call would be looked up between clone and exec, on memory and with
  // locks of the caller. The C library is not named as needed: its symbols are those of the process that loads this.
  flags: ["-fPIC", "-shared", "-Wl,--hash-style=sysv", "-Wl,-z,now", "-Wl,-z,norelro"],
};

const HEAD = `// The plan walker as a shared library for both architectures, built from walk-plan.c by scripts/build-walker.ts. Do not edit.
import type { Arch } from "./platform.ts";

export interface WalkerData {
  readonly sizeBytes: number;
  /** The compiler that made it: the same one makes the same bytes. */
  readonly compiler: string;
  readonly base64: string;
}

export const WALKER_DATA: Readonly<Record<Arch, WalkerData>> = {`;

if (import.meta.main) writeNativeData(WALKER, DATA, HEAD);
