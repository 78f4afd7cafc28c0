// Files and stdin that the user named on the command line.
import { reasonOf } from "./error-reason.ts";
import { UsageError } from "./usage-error.ts";

/** @throws UsageError when it cannot be read */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Bun.file(path).bytes();
  } catch (error) {
    throw new UsageError(`Cannot read "${path}": ${reasonOf(error)}`);
  }
}

/** All of stdin. */
export async function readStdin(): Promise<Uint8Array<ArrayBuffer>> {
  return await Bun.stdin.bytes();
}
