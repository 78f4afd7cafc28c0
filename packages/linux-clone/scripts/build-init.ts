// Compiles native/init.c for both architectures and writes src/init-data.ts. Needs gcc and aarch64-linux-gnu-gcc.
// Run: bun scripts/build-init.ts
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

type InitArch = "x86-64" | "arm64";

const SOURCE: string = fileURLToPath(new URL("../native/init.c", import.meta.url));
const DATA: string = fileURLToPath(new URL("../src/init-data.ts", import.meta.url));
export const COMPILERS: Readonly<Record<InitArch, string>> = { "x86-64": "gcc", arm64: "aarch64-linux-gnu-gcc" };

// -mgeneral-regs-only: at the entry point the stack is not aligned as after a call, which vector instructions would need.
const FLAGS: readonly string[] = [
  "-Os",
  "-static",
  "-nostdlib",
  "-ffreestanding",
  "-fno-pie",
  "-no-pie",
  "-mgeneral-regs-only",
  "-fno-asynchronous-unwind-tables",
  "-fno-unwind-tables",
  "-fno-stack-protector",
  "-fno-ident",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-Wl,--build-id=none",
  "-Wl,-z,noseparate-code",
  "-Wl,-z,noexecstack",
  "-s",
];
const ARCH_FLAGS: Readonly<Record<InitArch, readonly string[]>> = {
  "x86-64": ["-fcf-protection=none"],
  arm64: ["-mbranch-protection=none"],
};

/** First line of `gcc --version`, null where the compiler is missing. */
export function compilerVersion(arch: InitArch): string | null {
  if (Bun.which(COMPILERS[arch]) === null) return null;
  const { stdout } = Bun.spawnSync([COMPILERS[arch], "--version"], { stderr: "ignore" });
  return stdout.toString().split("\n")[0]?.replace(/^\S+ /, "") ?? null;
}

export function compileInit(arch: InitArch): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "hutch-init-"));
  try {
    const output = join(folder, "init");
    const { exitCode, stderr } = Bun.spawnSync([COMPILERS[arch], ...FLAGS, ...ARCH_FLAGS[arch], "-o", output, SOURCE], {
      stderr: "pipe",
    });
    if (exitCode !== 0) throw new Error(`Cannot compile init for ${arch}: ${stderr.toString()}`);
    return new Uint8Array(readFileSync(output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeData(): void {
  const entries = (Object.keys(COMPILERS) as InitArch[]).map((arch) => {
    const bytes = compileInit(arch);
    const lines = Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,100}/g);
    const text = (lines ?? []).map((line) => `      "${line}"`).join(" +\n");
    const compiler = compilerVersion(arch) ?? "";
    return `  "${arch}": {\n    sizeBytes: ${bytes.byteLength},\n    compiler: "${compiler}",\n    base64:\n${text},\n  },`;
  });
  writeFileSync(
    DATA,
    `// Our init for both architectures, built from native/init.c by scripts/build-init.ts. Do not edit.

export interface InitData {
  readonly sizeBytes: number;
  /** The compiler that made it: the same one makes the same bytes. */
  readonly compiler: string;
  readonly base64: string;
}

export const INIT_DATA: Readonly<Record<"x86-64" | "arm64", InitData>> = {
${entries.join("\n")}
};
`.replace('"arm64": {', "arm64: {"),
  );
}

if (import.meta.main) writeData();
