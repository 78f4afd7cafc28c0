// Compiles native/init.c, which includes the rest of native/, for both architectures and writes src/init-data.ts.
// Run: bun scripts/build-init.ts
import { fileURLToPath } from "node:url";
import { type NativeProgram, writeNativeData } from "../../../tools/native-data.ts";

const DATA: string = fileURLToPath(new URL("../src/init-data.ts", import.meta.url));

export const INIT: NativeProgram = {
  name: "init",
  source: fileURLToPath(new URL("../native/init.c", import.meta.url)),
  // -mgeneral-regs-only: at the entry point the stack is not aligned as after a call, which vector instructions would need.
  flags: ["-static", "-ffreestanding", "-fno-pie", "-no-pie", "-mgeneral-regs-only"],
};

const HEAD = `// Our init for both architectures, built from native/init.c by scripts/build-init.ts. Do not edit.

export interface InitData {
  readonly sizeBytes: number;
  /** The compiler that made it: the same one makes the same bytes. */
  readonly compiler: string;
  readonly base64: string;
}

export const INIT_DATA: Readonly<Record<"x86-64" | "arm64", InitData>> = {`;

if (import.meta.main) writeNativeData(INIT, DATA, HEAD);
