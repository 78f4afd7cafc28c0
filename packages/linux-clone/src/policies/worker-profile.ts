// The system calls of a pool's worker, and so the most that any of its jobs can make: a filter is inherited. It makes what its
// jobs may make, and what a job's sandbox is made with; of the rest nobody in it has any use.
import type { SyscallProfile } from "@hutch/core";
import { COMMAND_PROFILE } from "./command-profile.ts";
import { allow } from "./rule-words.ts";

/** What the plans of jobs call beside what commands may. A call that is left out of here fails every job; a test compares. */
const OF_LAUNCHES = new Set(
  `unshare clone clone3 mount umount2 pivot_root open_tree move_mount mount_setattr fsopen fsconfig fsmount sethostname
  setdomainname keyctl seccomp personality setrlimit prlimit64 setpriority ioprio_set sched_setscheduler`.split(/\s+/),
);

export const WORKER_PROFILE: SyscallProfile = {
  ...COMMAND_PROFILE,
  syscalls: [
    allow("what the sandbox of a job is made with", [...OF_LAUNCHES].join(" ")),
    ...(COMMAND_PROFILE.syscalls ?? []).flatMap((rule) => {
      const names = rule.names.filter((name) => !OF_LAUNCHES.has(name));
      return names.length === 0 ? [] : [{ ...rule, names }];
    }),
  ],
};
