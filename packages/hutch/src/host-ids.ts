// Host user ids for sandboxes that real root starts: never 0, never one of the system's or that it gave to users, one per worker or
// running command, or a range of them. No two hosts of a machine use the same: each claims blocks of ids by a name that the
// kernel keeps for it and forgets with it, also when it is killed. So nothing has to be cleaned up, and a read-only file system
// does not matter.
import type { HostIds } from "@hutch/core";
import { HostError, SandboxRefusedError } from "@hutch/core";
import { holdAbstractName, isSyscallError, type OwnedFd } from "@hutch/syscall";
import { overlaps, RANGE_IDS, readSubordinateIds } from "./subordinate-ids.ts";

/** Between the ids that systemd gives to containers (up to 0x6fff_ffff) and those that it calls foreign (from 0x7ffe_0000). */
interface Area {
  readonly first: number;
  readonly end: number;
  readonly idsPerBlock: number;
}
const SINGLES: Area = { first: 0x7000_0000, end: 0x7800_0000, idsPerBlock: 256 };
const RANGES: Area = { first: 0x7800_0000, end: 0x7ffe_0000, idsPerBlock: RANGE_IDS };
/** At random, because names count in a network namespace only: hosts in two of them hardly ever begin with the same block. */
const TRIES = 64;

interface Claim {
  readonly firstId: number;
  /** Open for as long as the ids are ours. */
  readonly name: OwnedFd;
}

interface Block extends Claim {
  readonly taken: Set<number>;
}

const blocks: Block[] = [];

export interface HostIdLease extends Disposable {
  /** Of a range the first ones. */
  readonly ids: HostIds;
}

/** An id that nobody else on this machine has now. @throws HostError when no block can be claimed */
export function leaseHostIds(): HostIdLease {
  let block = blocks.find(({ taken }) => taken.size < SINGLES.idsPerBlock);
  if (block === undefined) {
    block = { ...claim(SINGLES), taken: new Set() };
    blocks.push(block);
  }
  const { taken, firstId } = block;
  let slot = 0;
  while (taken.has(slot)) slot += 1;
  taken.add(slot);
  const id = firstId + slot;
  return {
    ids: { uid: id, gid: id },
    [Symbol.dispose]() {
      taken.delete(slot);
    },
  };
}

/** As many ids as a machine has, that nobody else on this one has now. @throws as leaseHostIds() */
export function leaseHostRange(): HostIdLease {
  const { firstId, name } = claim(RANGES);
  return {
    ids: { uid: firstId, gid: firstId },
    [Symbol.dispose]() {
      name.close();
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

function claim({ first, end, idsPerBlock }: Area): Claim {
  const { users, groups } = readSubordinateIds();
  const given = [...users, ...groups];
  for (let tried = 0; tried < TRIES; tried += 1) {
    const number = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const firstId = first + (number % ((end - first) / idsPerBlock)) * idsPerBlock;
    if (overlaps(given, firstId, idsPerBlock)) continue;
    const name = tryHold(`hutch-ids-${firstId}`);
    if (name !== null) return { firstId, name };
  }
  throw new HostError(
    "HOST_FAILURE",
    `Cannot claim user ids for jobs: somebody has all ${TRIES} blocks that were tried`,
  );
}
