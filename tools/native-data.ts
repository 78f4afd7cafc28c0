// C sources without a C library, compiled for both architectures into a data file of their package. The same compiler makes the
// same bytes. Needs gcc and aarch64-linux-gnu-gcc.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Arch = "x86-64" | "arm64";

export interface NativeProgram {
  /** For messages. */
  readonly name: string;
  /** Path of the C source. */
  readonly source: string;
  /** Beside those that every program has. */
  readonly flags: readonly string[];
}

export const COMPILERS: Readonly<Record<Arch, string>> = { "x86-64": "gcc", arm64: "aarch64-linux-gnu-gcc" };

const FLAGS: readonly string[] = [
  "-Os",
  "-nostdlib",
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

export function compileNative({ name, source, flags }: NativeProgram, arch: Arch): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "hutch-native-"));
  try {
    const output = join(folder, name);
    const { exitCode, stderr } = Bun.spawnSync(
      [COMPILERS[arch], ...FLAGS, ...flags, ...ARCH_FLAGS[arch], "-o", output, source],
      { stderr: "pipe" },
    );
    if (exitCode !== 0) throw new Error(`Cannot compile ${name} for ${arch}: ${stderr.toString()}`);
    return new Uint8Array(readFileSync(output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Writes the data file, which ends with the object of all architectures.
 * @param head what stands before the object's entries
 */
export function writeNativeData(program: NativeProgram, path: string, head: string): void {
  const entries = (Object.keys(COMPILERS) as Arch[]).map((arch) => renderEntry(program, arch));
  writeFileSync(path, `${head}\n${entries.join("\n")}\n};\n`);
}

function renderEntry(program: NativeProgram, arch: Arch): string {
  const bytes = compileNative(program, arch);
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,100}/g) ?? [];
  const text = lines.map((line) => `      "${line}"`).join(" +\n");
  const key = arch.includes("-") ? `"${arch}"` : arch;
  return `  ${key}: {\n    sizeBytes: ${bytes.byteLength},\n    compiler: "${compilerVersion(arch) ?? ""}",\n    base64:\n${text},\n  },`;
}
