// Which machine this is. The only reader of process.platform and process.arch.
// Nothing here throws while importing; arch() throws when a kernel call is about to be made on a foreign machine.

/** A processor family whose syscall numbers and struct layouts this package knows. */
export type Arch = "x86-64" | "arm64";

/** The operating system or the processor is not one that this package can call. */
export class UnsupportedPlatformError extends Error {
  override readonly name = "UnsupportedPlatformError";
}

const archByNodeName: Readonly<Record<string, Arch>> = { x64: "x86-64", arm64: "arm64" };

/** Whether kernel calls can be made here at all. */
export function isSupportedPlatform(): boolean {
  return process.platform === "linux" && process.arch in archByNodeName;
}

/**
 * The processor family of this machine.
 * @throws UnsupportedPlatformError unless this is Linux on x86-64 or arm64.
 */
export function arch(): Arch {
  const known = archByNodeName[process.arch];
  if (process.platform !== "linux" || known === undefined) {
    throw new UnsupportedPlatformError(
      `Cannot make kernel calls: this is ${process.platform} on ${process.arch}, needed is Linux on x86-64 or arm64`,
    );
  }
  return known;
}

/** The processor family for tables that are chosen while importing; x86-64 where calls are impossible anyway. */
export function archOrDefault(): Arch {
  return archByNodeName[process.arch] ?? "x86-64";
}
