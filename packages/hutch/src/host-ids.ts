// Host user ids for sandboxes that real root starts: never 0, never one of the system's, one per pool or running command.
// Below 2^31 and above every range that useradd, systemd and container engines give out by default.
import type { HostIds } from "@hutch/core";

const FIRST_ID = 0x40000000;
/** pid_max is at most 2^22 (proc(5)); each process has this many ids of its own. */
const IDS_PER_PROCESS = 256;

const taken = new Set<number>();

export interface HostIdLease extends Disposable {
  readonly ids: HostIds;
}

/** The next free id of this process. With all in use the ids are shared in turn, which still keeps them off every other user. */
export function leaseHostIds(): HostIdLease {
  let slot = 0;
  while (slot < IDS_PER_PROCESS - 1 && taken.has(slot)) slot += 1;
  taken.add(slot);
  const id = FIRST_ID + process.pid * IDS_PER_PROCESS + slot;
  return {
    ids: { uid: id, gid: id },
    [Symbol.dispose]() {
      taken.delete(slot);
    },
  };
}
