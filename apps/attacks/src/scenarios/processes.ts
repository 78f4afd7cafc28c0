// Attacks on other processes, by /proc, signals and tracing, and children that will not go.
import type { Scenario } from "../scenario.ts";

export const PROCESSES: readonly Scenario[] = [
  {
    name: "read-processes",
    from: ["P1"],
    does: "reads command lines, environments and status of processes that are not its own",
    control: "pid-namespace",
    program: "read-processes.sh",
    behind: { syscalls: "off" },
    openly: {
      by: "bare",
      expected: { reaches: ["cmdline of the host's process", "somebody's environment", "somebody's arguments"] },
    },
  },
  {
    name: "signal-host",
    from: ["S1", "S10", "D1", "N11"],
    does: "signals a process of the host, forges who sent it, and takes hold of it by its number in every other way",
    control: "pid-namespace",
    program: "signal-host.c",
    behind: { syscalls: "off" },
    openly: {
      by: "bare",
      expected: {
        reaches: ["signal", "signal to a thread", "queued signal", "handle", "owner of events", "priority", "limits"],
      },
    },
  },
  {
    name: "kill-everything",
    from: ["S1", "S11"],
    does: "kills every process by every number up to 100,000, all at once, and process 1 with every signal",
    control: "pid-namespace",
    program: "kill-everything.c",
    behind: { syscalls: "off" },
    openly: { by: "nowhere", why: "it would end everything of this user on this machine: see signal-host" },
  },
  {
    name: "odd-children",
    from: ["S5", "L10"],
    does: "leaves children behind that never execute, have another parent, cannot be traced, or are daemons",
    control: "init",
    program: "odd-children.c",
    safe: { says: /^left behind\n$/ },
    behind: { syscalls: "off" },
    openly: { by: "nowhere", why: "packages/linux-clone/test/kernel/init.test.ts" },
  },
  {
    name: "leave-behind",
    from: ["L10"],
    does: "ends at once and leaves processes that hold its output open",
    control: "init",
    program: "leave-behind.sh",
    safe: { says: /^left\n$/ },
    openly: { by: "nowhere", why: "packages/linux-clone/test/kernel/init.test.ts" },
  },
  {
    name: "abuse-descriptors",
    from: ["L4", "L7", "S10", "K10"],
    does: "truncates, seals, maps and reopens its stdin, and sends the events of its descriptors to the host",
    control: "descriptors",
    program: "abuse-descriptors.c",
    stdin: "given by the host",
    behind: { syscalls: "off" },
    openly: { by: "bare", expected: { reaches: ["events of stdout", "events of stderr"] } },
  },
  {
    name: "kill-itself",
    from: ["X8"],
    does: "ends itself by SIGKILL, as a limit would",
    control: "host",
    program: "kill-itself.sh",
    safe: { status: "signaled" },
    plain: { status: "signaled" },
    openly: { by: "nowhere", why: "the verdict knows who killed: packages/core/test/decide-verdict.test.ts" },
  },
];
