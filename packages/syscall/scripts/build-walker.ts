// Compiles src/walk-plan.c for both architectures and writes src/walker-data.ts. Needs gcc and aarch64-linux-gnu-gcc.
// Run: bun scripts/build-walker.ts
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Arch } from "../src/platform.ts";

const SOURCE: string = fileURLToPath(new URL("../src/walk-plan.c", import.meta.url));
const DATA: string = fileURLToPath(new URL("../src/walker-data.ts", import.meta.url));
export const COMPILERS: Readonly<Record<Arch, string>> = { "x86-64": "gcc", arm64: "aarch64-linux-gnu-gcc" };

// SAFETY: -z now. A symbol that is looked up at its first call would be looked up between clone and exec, on memory and with
// locks of the caller. The C library is not named as needed: its symbols are those of the process that loads this.
const FLAGS: readonly string[] = [
  "-Os",
  "-fPIC",
  "-shared",
  "-nostdlib",
  "-fno-asynchronous-unwind-tables",
  "-fno-unwind-tables",
  "-fno-stack-protector",
  "-fno-ident",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-Wl,--build-id=none",
  "-Wl,--hash-style=sysv",
  "-Wl,-z,now",
  "-Wl,-z,norelro",
  "-Wl,-z,noseparate-code",
  "-Wl,-z,noexecstack",
  "-s",
];
const ARCH_FLAGS: Readonly<Record<Arch, readonly string[]>> = {
  "x86-64": ["-fcf-protection=none"],
  arm64: ["-mbranch-protection=none"],
};

/** First line of `gcc --version` without the program's name, null where the compiler is missing. */
export function compilerVersion(arch: Arch): string | null {
  if (Bun.which(COMPILERS[arch]) === null) return null;
  const { stdout } = Bun.spawnSync([COMPILERS[arch], "--version"], { stderr: "ignore" });
  return stdout.toString().split("\n")[0]?.replace(/^\S+ /, "") ?? null;
}

export function compileWalker(arch: Arch): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "hutch-walker-"));
  try {
    const output = join(folder, "walker");
    const { exitCode, stderr } = Bun.spawnSync([COMPILERS[arch], ...FLAGS, ...ARCH_FLAGS[arch], "-o", output, SOURCE], {
      stderr: "pipe",
    });
    if (exitCode !== 0) throw new Error(`Cannot compile the walker for ${arch}: ${stderr.toString()}`);
    return new Uint8Array(readFileSync(output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeData(): void {
  const entries = (Object.keys(COMPILERS) as Arch[]).map((arch) => {
    const bytes = compileWalker(arch);
    const lines = Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,100}/g);
    const text = (lines ?? []).map((line) => `      "${line}"`).join(" +\n");
    const compiler = compilerVersion(arch) ?? "";
    return `  "${arch}": {\n    sizeBytes: ${bytes.byteLength},\n    compiler: "${compiler}",\n    base64:\n${text},\n  },`;
  });
  writeFileSync(
    DATA,
    `// The plan walker as a shared library for both architectures, built from walk-plan.c by scripts/build-walker.ts. Do not edit.
import type { Arch } from "./platform.ts";

export interface WalkerData {
  readonly sizeBytes: number;
  /** The compiler that made it: the same one makes the same bytes. */
  readonly compiler: string;
  readonly base64: string;
}

export const WALKER_DATA: Readonly<Record<Arch, WalkerData>> = {
${entries.join("\n")}
};
`.replace('"arm64": {', "arm64: {"),
  );
}

if (import.meta.main) writeData();
