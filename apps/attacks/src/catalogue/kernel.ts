// The kernel's surface, networks, and other jobs.
import { type Attack, HUTCH, LINUX } from "./attack.ts";

const SYSCALLS = `${HUTCH}/attacks-on-syscalls.test.ts`;

export const KERNEL_ATTACKS: readonly Attack[] = [
  { id: "K1", does: "sets up io_uring", tests: [[SYSCALLS, "sets up io_uring"]] },
  { id: "K2", does: "handles page faults itself", tests: [[SYSCALLS, "stops the kernel on its page faults"]] },
  { id: "K4", does: "loads programs into the kernel", tests: [[SYSCALLS, "loads a program into the kernel"]] },
  { id: "K5", does: "counts what the processor does", tests: [[SYSCALLS, "counts what the processor does"]] },
  {
    id: "K7",
    does: "hides flags of clone where no filter sees them",
    tests: [[`${LINUX}/seccomp.test.ts`, "every call that can be tried ends as the rules say"]],
  },
  {
    id: "K8",
    does: "loads modules or another kernel",
    tests: [[SYSCALLS, "is ended by what nobody calls by mistake, and the verdict names it"]],
  },
  {
    id: "K10",
    does: "makes requests to terminals, interfaces and file systems",
    tests: [
      [SYSCALLS, "changes the line discipline of its terminal"],
      [`${LINUX}/landlock.test.ts`, "requests to a device"],
    ],
  },
  { id: "K11", does: "makes sockets of rare families", tests: [[SYSCALLS, "makes a socket to the hypervisor"]] },
  { id: "K13", does: "makes calls by odd numbers and tables", tests: [[SYSCALLS, "by another entry into the kernel"]] },
  { id: "K14", does: "stacks filters on itself" },
  {
    id: "K16",
    does: "finds ways around landlock",
    tests: [[`${LINUX}/landlock.test.ts`, "landlock holds alone"]],
  },
  {
    id: "K17",
    does: "measures what others do by clocks and caches",
    because: 'documented as open: docs/threat-model.md, "Side channels"',
  },
  { id: "W1", does: "reaches networks" },
  {
    id: "W2",
    does: "reaches services of the host",
    tests: [[`${HUTCH}/unix-sockets.test.ts`, "is not reached in any way with unixSockets"]],
  },
  {
    id: "W4",
    does: "talks to another job",
    tests: [
      [`${HUTCH}/attacks.test.ts`, "a pool's job does not reach the job of another pool"],
      [`${HUTCH}/attacks.test.ts`, "keys of one are not another's"],
    ],
  },
  {
    id: "W5",
    does: "reaches more than the names that it is allowed",
    tests: [[`${HUTCH}/supervise.test.ts`, "reaches nothing else"]],
  },
  { id: "W7", does: "is reached from outside" },
  {
    id: "W8",
    does: "has interfaces besides loopback",
    tests: [[`${LINUX}/isolation.test.ts`, "loopback is up and the only interface"]],
  },
];
