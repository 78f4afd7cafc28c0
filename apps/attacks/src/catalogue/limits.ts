// Resources, and how they are counted.
import { type Attack, HUTCH, LINUX } from "./attack.ts";

export const LIMIT_ATTACKS: readonly Attack[] = [
  {
    id: "R1",
    does: "fork bombs of every kind",
    tests: [[`${HUTCH}/run.test.ts`, "process-limit: a fork bomb runs against a wall and leaves nothing"]],
  },
  {
    id: "R2",
    does: "takes too much memory in every way",
    tests: [
      [`${HUTCH}/attacks-on-limits.test.ts`, "that its threads take after its first one ended"],
      [`${HUTCH}/attacks-on-limits.test.ts`, "that the kernel takes for the tables of its pages"],
    ],
  },
  { id: "R4", does: "stays just below its memory limit" },
  { id: "R5", does: "reads more files than memory holds" },
  {
    id: "R7",
    does: "never reads its stdin",
    tests: [[`${HUTCH}/run.test.ts`, "a job that does not read its stdin to the end ends as it likes"]],
  },
  {
    id: "R8",
    does: "raises limits of its own and of others",
    tests: [[`${HUTCH}/attacks-on-syscalls-on-init.test.ts`, "a job sets its own limits"]],
  },
  { id: "R10", does: "fills a folder of the host" },
  { id: "R11", does: "ends with many threads that hold locks" },
  { id: "R13", does: "asks for priorities" },
  {
    id: "R14",
    does: "executes with too many arguments",
    tests: [[`${LINUX}/exit.test.ts`, "too long a list of arguments is E2BIG and nothing worse"]],
  },
  {
    id: "R16",
    does: "dumps its core",
    tests: [[`${LINUX}/isolation.test.ts`, "no core files, whatever is asked for"]],
  },
  {
    id: "R17",
    does: "gives a payload that inflates without end",
    tests: [["packages/worker/test/job/inflate.test.ts", "ten gigabytes of zeros end as an invalid payload"]],
  },
  {
    id: "C1",
    does: "computes forever",
    tests: [[`${HUTCH}/run.test.ts`, "cpu-limit: a busy loop ends near its limit, whatever its number of processes"]],
  },
  {
    id: "C2",
    does: "computes in children that nobody waits for",
    tests: [[`${LINUX}/cgroup.test.ts`, "counts CPU time of everything that ran in it"]],
  },
  { id: "C4", does: "computes in bursts between two looks" },
  {
    id: "C5",
    does: "has a child compute and ends first",
    tests: [[`${LINUX}/isolation.test.ts`, "what the job leaves behind ends with it, and counts"]],
  },
  {
    id: "C7",
    does: "is charged for its setup",
    tests: [[`${LINUX}/cgroup.test.ts`, "does not charge the job for its setup"]],
  },
  {
    id: "C8",
    does: "is charged for the job before it",
    tests: [[`${LINUX}/cgroup.test.ts`, "begins at zero when a folder is used again"]],
  },
  {
    id: "C10",
    does: "freezes its own cgroup",
    because: "a job sees no cgroup files; for it as for one that stopped itself, wall time goes on",
    tests: [[`${HUTCH}/run.test.ts`, "wall-limit: a sleeper, and a job that stopped itself, end in time"]],
  },
  { id: "C11", does: "ignores SIGXCPU" },
  {
    id: "C13",
    does: "ends in the moment in which it passes a limit",
    tests: [[`${HUTCH}/attacks-on-limits.test.ts`, "by ending at the moment at which its CPU time is used up"]],
  },
  { id: "C14", does: "takes much memory for a moment" },
];
