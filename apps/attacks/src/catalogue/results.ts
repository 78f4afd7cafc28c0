// Answers and verdicts, and what a warm worker has in common with its jobs.
import { type Attack, HUTCH } from "./attack.ts";

export const RESULT_ATTACKS: readonly Attack[] = [
  {
    id: "X1",
    does: "ends with exit codes and signals that look like each other",
    tests: [
      [`${HUTCH}/run.test.ts`, "reports every exit code as it was"],
      [`${HUTCH}/run.test.ts`, "reports every deadly signal as it was, and does not take it for an exit code"],
    ],
  },
  {
    id: "X2",
    does: "is a program that cannot be executed",
    tests: [[`${HUTCH}/run.test.ts`, "says why a command could not be executed"]],
  },
  {
    id: "X4",
    does: "writes to the descriptors of our protocol",
    tests: [[`${HUTCH}/bad-input.test.ts`, "a job that"]],
  },
  {
    id: "X5",
    does: "forges answers",
    tests: [["packages/core/test/protocol/value-hostile.test.ts", "decodeValue() on hostile bytes"]],
  },
  {
    id: "X7",
    does: "lies about who it is beside a message",
    because: "nobody is told apart by credentials: each job has a socket pair of its own, without a name",
  },
  {
    id: "X8",
    does: "dies like something else",
    tests: [["packages/core/test/decide-verdict.test.ts", "lets the first cause win"]],
  },
  {
    id: "X10",
    does: "brings text that C cannot carry",
    tests: [[`${HUTCH}/run.test.ts`, "wrong options throw at once and say what was expected"]],
  },
  {
    id: "X11",
    does: "brings limits and policies that are wrong",
    tests: [
      ["packages/core/test/limits.test.ts", "refuses a key that is not known, also one of Object's own"],
      [`${HUTCH}/policy.test.ts`, "is refused before anything runs, by its name"],
    ],
  },
  {
    id: "Z1",
    does: "spoils the state that the next job starts from",
    tests: [[`${HUTCH}/pool.test.ts`, "every job starts from the same state"]],
  },
  {
    id: "Z2",
    does: "foresees the randomness of others",
    tests: [["packages/worker/test/kernel/randomness.test.ts", "forks different values of every source"]],
  },
  {
    id: "Z4",
    does: "uses descriptors that the worker had open",
    tests: [
      ["packages/worker/test/warm/event-loop.test.ts", "leaves nothing else open"],
      [`${HUTCH}/attacks.test.ts`, "no descriptor but its own four and its event loop's"],
    ],
  },
  {
    id: "Z5",
    does: "finds secrets in the memory that it was copied with",
    tests: [[`${HUTCH}/attacks.test.ts`, "arguments, results, errors, output and stdin are in no later job's memory"]],
  },
  {
    id: "Z7",
    does: "outlives its worker, or is lost with it",
    tests: [[`${HUTCH}/death.test.ts`, "its job ends as worker-died, and the next job gets a new worker"]],
  },
  {
    id: "Z8",
    does: "meets a worker of another version",
    because: "a worker lives as long as its pool, and its program is the text that its own host read",
  },
  {
    id: "Z10",
    does: "has its memory charged to the worker",
    tests: [[`${HUTCH}/pool.test.ts`, "cpu-limit, wall-limit, memory-limit and output-limit end a function"]],
  },
  {
    id: "Z11",
    does: "is started by a host without stdin, stdout and stderr",
    tests: [["apps/attacks/test/kernel/closed-streams.test.ts", "a host without"]],
  },
];
