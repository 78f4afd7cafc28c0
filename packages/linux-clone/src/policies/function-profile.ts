// The system calls of a function or WebAssembly: what Bun makes for its own work, for files, sockets, workers and programs that
// it spawns, as seen by tracing such jobs, and the siblings of those calls that other versions of libraries take.
import type { SyscallProfile } from "@hutch/core";
import { CONNECTIONS, FILES, MEMORY, OWN_PROCESS, TIME } from "./common-calls.ts";
import {
  DESCRIPTORS,
  IOCTLS,
  NEVER,
  PROCESSES,
  RESOURCE_LIMITS,
  SCHEDULING,
  SOCKET_PROGRAMS,
  SOCKETS,
} from "./common-rules.ts";
import { allow } from "./rule-words.ts";

export const FUNCTION_PROFILE: SyscallProfile = {
  defaultAction: "SCMP_ACT_ERRNO",
  defaultErrnoRet: 1,
  syscalls: [
    allow("node:fs, Bun.file, and the event loop", FILES),
    allow(
      "reading extended attributes, as who copies files does",
      "getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr",
    ),
    allow("the heap, compiled code and shared memory between workers", MEMORY),
    allow("threads, workers and programs that it spawns", `${OWN_PROCESS} capget`),
    allow("timers and clocks", TIME),
    ...SOCKET_PROGRAMS,
    allow("fetch, Bun.serve and node:net", CONNECTIONS),
    ...SOCKETS,
    ...IOCTLS,
    ...PROCESSES,
    ...DESCRIPTORS,
    ...RESOURCE_LIMITS,
    ...SCHEDULING,
    allow("less urgent, or on fewer processors, than it is; more needs a capability", "setpriority sched_setaffinity"),
    ...NEVER,
  ],
};
