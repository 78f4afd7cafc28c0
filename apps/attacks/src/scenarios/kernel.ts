// Attacks on the surface of the kernel.
import type { Scenario } from "../scenario.ts";

export const KERNEL: readonly Scenario[] = [
  {
    name: "socket-families",
    from: ["K11"],
    does: "makes sockets of every family and kind but those that programs need",
    control: "seccomp",
    program: "socket-families.c",
    openly: { by: "policy", policy: { syscalls: "off" }, expected: { reaches: ["netlink but routes"] } },
  },
  {
    name: "odd-numbers",
    from: ["K13"],
    does: "makes system calls with numbers that no call has",
    control: "seccomp",
    program: "odd-numbers.c",
    behind: { syscalls: "off" },
    openly: { by: "nowhere", why: "no kernel has these calls; i386 and x32 are in attacks-on-syscalls.test.ts" },
  },
  {
    name: "stack-filters",
    from: ["K14"],
    does: "puts thousands of filters on itself, one that allows everything among them",
    control: "seccomp",
    program: "stack-filters.c",
    openly: {
      by: "policy",
      policy: { syscalls: "off" },
      expected: { says: /a namespace after them: held ENOSPC/ },
    },
  },
];
