// The file through which a process joins a folder of version 1.
import { O, type OwnedFd, open } from "@hutch/syscall";

/**
 * `tasks`, not cgroup.procs: a single thread that moves itself needs no stop of all forks on the machine, which can take
 * 30 ms. The process that joins has one thread.
 */
export function openJoinV1(folder: string): OwnedFd {
  return open(`${folder}/tasks`, O.RDWR);
}
