// Host user ids for sandboxes that real root starts: never 0, never one of the system's, one per worker or running command.
// No two hosts of a machine use the same: each claims blocks of ids by a name that the kernel keeps for it and forgets with
// it, also when it is killed. So nothing has to be cleaned up, and a read-only file system does not matter.
import type { HostIds } from "@hutch/core";
import { HostError, SandboxRefusedError } from "@hutch/core";
import { holdAbstractName, isSyscallError, type OwnedFd } from "@hutch/syscall";

/** Between the ids that systemd gives to containers (up to 0x6fff_ffff) and those that it calls foreign (from 0x7ffe_0000). */
const FIRST_ID = 0x7000_0000;
const IDS_PER_BLOCK = 256;
const BLOCKS = (0x7ffe_0000 - FIRST_ID) / IDS_PER_BLOCK;
/** At random, because names count in a network namespace only: hosts in two of them hardly ever begin with the same block. */
const TRIES = 64;

interface Block {
  readonly firstId: number;
  readonly taken: Set<number>;
  /** Open for as long as this process lives. */
  readonly claim: OwnedFd;
}

const blocks: Block[] = [];

export interface HostIdLease extends Disposable {
  readonly ids: HostIds;
}

/** An id that nobody else on this machine has now. @throws HostError when no block can be claimed */
export function leaseHostIds(): HostIdLease {
  const block = blocks.find(({ taken }) => taken.size < IDS_PER_BLOCK) ?? claimBlock();
  let slot = 0;
  while (block.taken.has(slot)) slot += 1;
  block.taken.add(slot);
  const id = block.firstId + slot;
  return {
    ids: { uid: id, gid: id },
    [Symbol.dispose]() {
      block.taken.delete(slot);
    },
  };
}

/** @throws SandboxRefusedError where this process may have no Unix socket with a name */
function tryHold(name: string): OwnedFd | null {
  try {
    return holdAbstractName(name);
  } catch (error) {
    if (!isSyscallError(error, "EPERM", "EACCES", "ENOSYS", "EAFNOSUPPORT")) throw error;
    throw new SandboxRefusedError([
      {
        name: "unprivileged-ids",
        state: "unavailable",
        why: `the kernel refused the name that keeps a job's user id its own: ${error.message}`,
        fix: "a seccomp profile that allows socket and bind of Unix sockets",
      },
    ]);
  }
}

function claimBlock(): Block {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const number = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const firstId = FIRST_ID + (number % BLOCKS) * IDS_PER_BLOCK;
    const claim = tryHold(`hutch-ids-${firstId}`);
    if (claim === null) continue;
    const block: Block = { firstId, taken: new Set(), claim };
    blocks.push(block);
    return block;
  }
  throw new HostError(
    "HOST_FAILURE",
    `Cannot claim user ids for jobs: somebody has all ${TRIES} blocks that were tried`,
  );
}
