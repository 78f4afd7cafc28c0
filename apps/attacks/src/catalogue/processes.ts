// Namespaces, capabilities, descriptors, signals, tracing, and programs with more rights.
import { type Attack, HUTCH, LINUX } from "./attack.ts";

export const PROCESS_ATTACKS: readonly Attack[] = [
  { id: "N1", does: "gains rights in a user namespace of its own" },
  { id: "N2", does: "makes namespaces by clone and clone3" },
  {
    id: "N4",
    does: "regains capabilities",
    tests: [[`${LINUX}/isolation.test.ts`, "no capability in any set, no new privileges, locked securebits"]],
  },
  {
    id: "N5",
    does: "becomes another user or group",
    tests: [[`${HUTCH}/identity.test.ts`, "groups can not be set, and there is no other id to change to"]],
  },
  { id: "N7", does: "sets the host name" },
  { id: "N8", does: "sets clocks" },
  { id: "N10", does: "changes its root again" },
  {
    id: "N11",
    does: "traces process 1",
    tests: [[`${HUTCH}/attacks.test.ts`, "no way into process 1, and no end of it by signals"]],
  },
  {
    id: "L1",
    does: "looks for descriptors that it was not given",
    tests: [[`${HUTCH}/attacks.test.ts`, "no descriptor but its own four and its event loop's"]],
  },
  {
    id: "L2",
    does: "finds descriptors with high numbers",
    tests: [[`${LINUX}/mutation.test.ts`, "descriptors: those of the launcher that are not close-on-exec"]],
  },
  {
    id: "L4",
    does: "types into the operator's terminal",
    tests: [[`${HUTCH}/attacks-on-syscalls.test.ts`, "types into its terminal"]],
  },
  {
    id: "L5",
    does: "sends descriptors to the host",
    tests: [
      [`${HUTCH}/attacks-on-limits.test.ts`, "descriptors that it sends are closed"],
      ["packages/fdpass/test/channel.test.ts", "refuses a packet that lost descriptors on the way"],
    ],
  },
  { id: "L7", does: "changes descriptors that it shares with the host" },
  { id: "L8", does: "connects the socket that it was given elsewhere" },
  { id: "L10", does: "keeps its output open by a grandchild" },
  { id: "S1", does: "kills everything" },
  { id: "S2", does: "ignores and blocks every signal" },
  {
    id: "S4",
    does: "stops itself",
    tests: [[`${HUTCH}/attacks-on-limits.test.ts`, "a job does not lie about its end"]],
  },
  { id: "S5", does: "makes children of odd kinds" },
  {
    id: "S7",
    does: "lives on when its host is killed",
    tests: [
      [`${HUTCH}/death.test.ts`, "every process of its jobs and workers ends"],
      [`${HUTCH}/kill-anytime.test.ts`, "leaves no process, mount, cgroup, namespace or file"],
    ],
  },
  {
    id: "S8",
    does: "is ended early by the end of the thread that started it",
    because: "no death signal is used, which would be bound to a thread; jobs end by a socket of the process",
    tests: [[`${LINUX}/lifeline.test.ts`, "no process of a job outlives a host that was killed with SIGKILL"]],
  },
  { id: "S10", does: "forges signals to the host" },
  {
    id: "S11",
    does: "makes process 1 ignore its end",
    tests: [[`${LINUX}/isolation.test.ts`, "process 1 can be neither killed, stopped, traced nor looked into"]],
  },
  { id: "D1", does: "traces and reads processes of others" },
  { id: "D2", does: "is traced by a parent of its own" },
  {
    id: "D4",
    does: "reads the worker that it was copied from",
    tests: [
      [`${HUTCH}/attacks.test.ts`, "no process, not its own worker either"],
      [`${HUTCH}/standby-commands.test.ts`, "the worker never has the arguments of a command that was waited for"],
    ],
  },
  {
    id: "D5",
    does: "takes over the notifications of the filter",
    tests: [[`${LINUX}/seccomp.test.ts`, "does not get a listener of its own"]],
  },
  { id: "U1", does: "uses set-user-id programs of the system" },
  { id: "U2", does: "attacks a privileged helper of ours", because: "no program of ours has rights of its own" },
  {
    id: "U4",
    does: "learns from messages which paths exist",
    because: "paths are opened with the caller's own rights, so it learns nothing that it could not look up",
  },
  {
    id: "Y1",
    does: "has its number taken by another process before it is killed",
    tests: [
      ["packages/syscall/test/kernel/posix/process.test.ts", "with NOWAIT looks without reaping, by pid and by pidfd"],
    ],
  },
  {
    id: "Y2",
    does: "ends before the host has a handle on it",
    tests: [[`${HUTCH}/kill-anytime.test.ts`, "leaves no process, mount, cgroup, namespace or file"]],
  },
  {
    id: "Y4",
    does: "shares an id with another job after a thousand",
    tests: [[`${HUTCH}/identity.test.ts`, "gives 1,000 different ids at once"]],
  },
  {
    id: "Y5",
    does: "finds what a killed host left",
    tests: [
      [`${HUTCH}/death.test.ts`, "the next host takes away the cgroup folders that it left"],
      [`${LINUX}/cgroup.test.ts`, "reclaims what a dead owner left, and nothing that a living one has"],
    ],
  },
];
