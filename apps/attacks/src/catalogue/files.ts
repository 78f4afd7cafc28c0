// Files, races on the host's side, and what the kernel shows as files.
import { type Attack, HUTCH, LINUX } from "./attack.ts";

const NOTHING_COLLECTED = "Hutch copies no file out of a job";

export const FILE_ATTACKS: readonly Attack[] = [
  { id: "F1", does: "reads a secret by its path" },
  { id: "F2", does: "climbs by `..` from the working folder and every mount" },
  { id: "F4", does: "climbs from a folder that it holds open" },
  { id: "F5", does: "opens files by handles" },
  { id: "F7", does: "clears read-only flags in a namespace of its own" },
  { id: "F8", does: "takes away a mount that hides something" },
  { id: "F10", does: "executes set-user-id programs" },
  { id: "F11", does: "executes programs with file capabilities" },
  {
    id: "F13",
    does: "fills a tmpfs",
    tests: [
      [`${HUTCH}/attacks-on-limits.test.ts`, "of its scratch folder"],
      [`${LINUX}/cgroup.test.ts`, "files in /tmp count as memory"],
    ],
  },
  {
    id: "F14",
    does: "uses up all inodes",
    tests: [[`${HUTCH}/attacks-on-limits.test.ts`, "of descriptors, files and folders"]],
  },
  { id: "F16", does: "makes deep folders and odd names" },
  {
    id: "F17",
    does: "makes hard links to files that it is shown",
    tests: [[`${HUTCH}/attacks.test.ts`, "none of the programs that the next jobs run"]],
  },
  {
    id: "F19",
    does: "makes the marks of an overlay's upper layer",
    tests: [[`${LINUX}/files.test.ts`, "leaves no way to its layers, and none of its marks can be made"]],
  },
  {
    id: "F20",
    does: "leaves files for the next job",
    tests: [[`${HUTCH}/attacks.test.ts`, "what one leaves in files, memory and state is not there for the next"]],
  },
  { id: "F22", does: "sets odd times and modes" },
  {
    id: "F23",
    does: "talks to other jobs by locks on a shared file, or holds others up by leases",
    because: 'locks are documented as open: docs/threat-model.md, "Watching"',
  },
  {
    id: "T1",
    does: "puts a link where an output file is collected",
    tests: [["packages/cli/test/report/report-file.test.ts", "in its place: nobody takes that for the report"]],
    because: NOTHING_COLLECTED,
  },
  {
    id: "T2",
    does: "exchanges a folder on the way to a file for a link",
    tests: [[`${LINUX}/files.test.ts`, "is not made behind a link that an earlier job left on the way"]],
  },
  { id: "T4", does: "packs an archive with ways out", because: "Hutch unpacks no archive" },
  {
    id: "T5",
    does: "exchanges a source between its check and its mount",
    tests: [[`${LINUX}/files.test.ts`, "is refused: another folder, a link, nothing"]],
  },
  {
    id: "T7",
    does: "has folders made on the host behind a dangling link",
    tests: [
      [`${LINUX}/isolation.test.ts`, "a link in it leads to the sandbox's files and not to the host's"],
      [`${HUTCH}/policy.test.ts`, "writes nothing into a folder of the host"],
    ],
  },
  {
    id: "T8",
    does: "exchanges a program after it was checked",
    tests: [
      [`${LINUX}/init.test.ts`, "is an unreadable, sealed file"],
      [`${HUTCH}/attacks.test.ts`, "none of the programs that the next jobs run"],
    ],
  },
  {
    id: "T10",
    does: "cuts a file off that the host has mapped",
    tests: [["packages/syscall/test/kernel/linux/memfd.test.ts", "nobody can change them or the seals"]],
    because: "Hutch maps no file of a job",
  },
  {
    id: "P1",
    does: "looks at processes of others in /proc",
    tests: [[`${LINUX}/isolation.test.ts`, "/proc shows the job's own processes alone"]],
  },
  { id: "P2", does: "writes settings of the machine" },
  { id: "P4", does: "works in a folder that was left open" },
  { id: "P5", does: "reads files of /proc that tell about the kernel" },
  { id: "P7", does: "mounts a /proc of its own" },
  { id: "P8", does: "lowers its out-of-memory score" },
  { id: "P10", does: "looks above its own cgroup" },
  { id: "P11", does: "reads /sys" },
];
