// Prepared code is what the request says that it is, or none of it runs.
import { isSyscallError, O, open } from "@hutch/syscall";
import { readMemfd } from "./inflate.ts";

/** The host looks for itself whether that is so, and prepares the code again. */
export class InvalidArtifactError extends Error {
  override readonly name: string = "InvalidArtifactError";
}

/** @param checksum SHA-256 in hex @throws InvalidArtifactError when it is not that of the bytes */
export function checkArtifact(bytes: Uint8Array, checksum: string): void {
  const found = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
  if (found !== checksum) throw new InvalidArtifactError(`its checksum is ${found}, and ${checksum} was asked for`);
}

/** As checkArtifact(), for a file of the job's root, which nobody in there can change. */
export function checkArtifactFile(path: string, checksum: string): void {
  let bytes: Uint8Array;
  try {
    bytes = readMemfd(open(path, O.RDONLY | O.CLOEXEC));
  } catch (error) {
    if (isSyscallError(error)) throw new InvalidArtifactError(`it cannot be read: ${error.code}`);
    throw error;
  }
  checkArtifact(bytes, checksum);
}
