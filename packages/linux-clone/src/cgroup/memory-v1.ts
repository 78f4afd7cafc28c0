// The memory controller of version 1: limit with swap, peak, kills.
import type { Limits } from "@hutch/core";
import type { CgroupPart } from "./cgroup-part.ts";
import { ControlFile, writeControl, writeControlIfThere } from "./control-file.ts";
import { openJoinV1 } from "./join-v1.ts";

const LIMIT = "memory.limit_in_bytes";
/** Memory and swap together; missing where the kernel does not count swap. */
const LIMIT_WITH_SWAP = "memory.memsw.limit_in_bytes";
/**
 * Version 1 counts what sockets of TCP hold apart from all else, and without a limit of its own not at all: connections to
 * itself would give a job gigabytes. This many bytes on top of the limit; a sender waits, nobody is ended.
 */
const SOCKET_LIMIT = "memory.kmem.tcp.limit_in_bytes";
const MOST_SOCKET_BYTES = 16 * 1024 * 1024;
const PEAK = "memory.max_usage_in_bytes";
/**
 * Page cache that the last job brought in counts as the next one's, although the kernel takes it back before it ends anybody
 * for memory. So much of it may be left; to have it dropped (memory.force_empty) takes longer than a folder of its own.
 */
const LEFT_BYTES = 512 * 1024;

export function memoryV1(folder: string, limits: Limits): CgroupPart {
  using undo = new DisposableStack();
  setLimits(folder, limits.memoryBytes, null);
  const procs = undo.use(openJoinV1(folder));
  const peak = undo.use(ControlFile.open(`${folder}/${PEAK}`));
  const usage = undo.use(ControlFile.open(`${folder}/memory.usage_in_bytes`));
  const events = undo.use(ControlFile.open(`${folder}/memory.oom_control`));
  const opened = undo.move();
  let limitBytes = limits.memoryBytes;
  let killsBefore = 0;
  const kills = (): number => events?.keyed("oom_kill") ?? 0;
  return {
    folder,
    procs,
    memoryPeakBytes: () => peak?.number() ?? null,
    memoryNowBytes: () => usage?.number() ?? 0,
    oomKills: () => kills() - killsBefore,
    renew: (next) => {
      if ((usage?.number() ?? 0) > LEFT_BYTES) return false;
      writeControl(`${folder}/${PEAK}`, "0");
      setLimits(folder, next.memoryBytes, limitBytes);
      limitBytes = next.memoryBytes;
      killsBefore = kills();
      return true;
    },
    close: () => opened.dispose(),
  };
}

/** ORDER: the limit with swap is never below the one without, so it goes up first and comes down last. */
function setLimits(folder: string, bytes: number, before: number | null): void {
  if (before === bytes) return;
  const value = String(bytes);
  writeControlIfThere(`${folder}/${SOCKET_LIMIT}`, String(Math.min(bytes, MOST_SOCKET_BYTES)));
  if (before !== null && bytes > before) {
    writeControlIfThere(`${folder}/${LIMIT_WITH_SWAP}`, value);
    writeControl(`${folder}/${LIMIT}`, value);
  } else {
    writeControl(`${folder}/${LIMIT}`, value);
    writeControlIfThere(`${folder}/${LIMIT_WITH_SWAP}`, value);
  }
}
