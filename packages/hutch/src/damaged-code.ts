// Whether the prepared code of a job is damaged. TRUST: a job that says so may lie, so the host looks where the job got it from.
import type { Job } from "@hutch/core";
import { type Fd, isSyscallError, O, open, openat2, pread, RESOLVE } from "@hutch/syscall";
import { checksumOf } from "./checksum.ts";
import type { WorkerProcess } from "./worker-process.ts";

const PIECE_BYTES = 2 ** 20;

/** @param worker in whose root the job ran; what cannot be looked at any more is not called damaged */
export function isDamaged(worker: WorkerProcess, job: Job): boolean {
  switch (job.kind) {
    // Its sealed memfd was made from these bytes, and nobody can have changed that one since.
    case "wasm":
    case "wasi":
      return checksumOf(job.module) !== job.checksum;
    case "function":
      return job.checksum !== null && isFileDamaged(worker, job.module, job.checksum);
    default:
      return false;
  }
}

/** SAFETY: the kernel resolves the path inside the worker's root, whatever links are there. */
function isFileDamaged(worker: WorkerProcess, path: string, checksum: string): boolean {
  try {
    using root = open(`/proc/${worker.pid}/root`, O.PATH | O.DIRECTORY);
    return checksumIn(root.fd, path) !== checksum;
  } catch (error) {
    // It has ended, or its root is not for us to see.
    if (isSyscallError(error)) return false;
    throw error;
  }
}

/** null for a file that is gone from a root that is there. */
function checksumIn(root: Fd, path: string): string | null {
  try {
    using file = openat2(root, path, O.RDONLY | O.NONBLOCK, 0, RESOLVE.IN_ROOT | RESOLVE.NO_MAGICLINKS);
    const hash = new Bun.CryptoHasher("sha256");
    const piece = new Uint8Array(new ArrayBuffer(PIECE_BYTES));
    for (let at = 0, count = 1; count > 0; at += count) {
      count = pread(file.fd, piece, at);
      hash.update(piece.subarray(0, count));
    }
    return hash.digest("hex");
  } catch (error) {
    if (isSyscallError(error, "ENOENT")) return null;
    throw error;
  }
}
