// The bytes of a payload, from the request itself or from a memfd, inflated under a bound.
// TRUST: the payload is the caller's user's. It may inflate to anything; no more than the bound is ever in memory.
import { fstatSync } from "node:fs";
import type { Compression, RequestCommon } from "@hutch/core";
import { type OwnedFd, pread } from "@hutch/syscall";
import { refuseZstd } from "./zstd-frames.ts";

/** The payload does not decode. The job answers with `invalid-payload` and this message. */
export class InvalidPayloadError extends Error {
  override readonly name: string = "InvalidPayloadError";
}

/** Most that the runtime's decoder takes as its bound. */
const LARGEST_BOUND = 2 ** 32;

/** @throws InvalidPayloadError */
export function payloadBytes(common: RequestCommon, memfd: OwnedFd | undefined): Uint8Array {
  const bytes = memfd === undefined ? common.payload : readMemfd(memfd);
  return inflate(bytes, common.compression, common.inflatedBytes);
}

/** All bytes of a memfd, which is closed then. */
export function readMemfd(memfd: OwnedFd): Uint8Array {
  using file = memfd;
  const bytes = new Uint8Array(new ArrayBuffer(fstatSync(file.fd).size));
  for (let done = 0; done < bytes.byteLength; ) {
    const count = pread(file.fd, bytes.subarray(done), done);
    if (count === 0) throw new InvalidPayloadError("the payload shrank while it was read");
    done += count;
  }
  return bytes;
}

/** @throws InvalidPayloadError */
export function inflate(bytes: Uint8Array, compression: Compression, mostBytes: number): Uint8Array {
  if (compression === "none") return bytes;
  const refusal = refuseZstd(bytes);
  if (refusal !== null) throw new InvalidPayloadError(`the compressed payload ${refusal}`);
  // ORDER: loaded only for a compressed payload. It takes longer than most jobs.
  const { zstdDecompressSync } = process.getBuiltinModule("node:zlib");
  const tooLarge = (): InvalidPayloadError =>
    new InvalidPayloadError(`the payload inflates to more than ${mostBytes} bytes`);
  let inflated: Uint8Array;
  try {
    inflated = zstdDecompressSync(bytes, { maxOutputLength: Math.min(Math.max(mostBytes, 1), LARGEST_BOUND) });
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new InvalidPayloadError(
      `the payload does not inflate: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (inflated.byteLength > mostBytes) throw tooLarge();
  return inflated;
}
