// A function's answer: a value or an error that arrives as it is, and nothing that a job makes of its socket is taken for more.
import { type ConformanceCase, expectEnd, expectEqual, expectTrue } from "./subject.ts";

/** A frame is a length of four bytes and as many bytes. */
const GARBAGE: Readonly<Record<string, readonly number[]>> = {
  "bytes that are no frame": Array.from({ length: 64 }, () => 255),
  "a frame that is cut off": [200, 0, 0, 0, 1, 1],
  "an empty frame": [0, 0, 0, 0],
  "a frame that announces too much": [255, 255, 255, 127, 1],
  "a value that does not decode": [2, 0, 0, 0, 1, 0xff],
};

export const ANSWERS: readonly ConformanceCase[] = [
  {
    name: "a value comes back as it was given",
    check: async ({ call }) => {
      const value = { text: "ä\u0000€", list: [1, -1.5, null, true], nested: { deep: [[[]]] } };
      expectEnd(await call("echo", [value]), { status: "ok", blame: "none", value });
      expectEnd(await call("later", [5]), { status: "ok", value: "later" });
    },
  },
  {
    name: "every job is a fresh process",
    check: async ({ call }) => {
      for (let asked = 0; asked < 3; asked += 1) expectEnd(await call("count"), { status: "ok", value: 1 });
    },
  },
  {
    name: "a thrown error is the job's failure, with its name and message",
    check: async ({ call }) => {
      const ended = await call("fail");
      expectEnd(ended, { status: "failed", blame: "job", retry: "no" });
      const { name, message } = ended.error as Error;
      expectEqual([name, message], ["RangeError", "out of range"], "error");
    },
  },
  {
    name: "an export that is not there, and a value that can not be sent, are the job's failure",
    check: async ({ call }) => {
      for (const name of ["noSuchExport", "giveFunction"])
        expectEnd(await call(name), { status: "failed", blame: "job" });
    },
  },
  {
    name: "a promise that never settles ends the job, and not by a limit",
    check: async ({ call }) => {
      const ended = await call("never", [], { limits: { wallMs: 60_000 } });
      expectEnd(ended, { status: "failed", blame: "job" });
      expectTrue(ended.report.usage.wallMs < 60_000, `it took ${ended.report.usage.wallMs} ms`);
    },
  },
  {
    name: "an exit without an answer is told by its code",
    check: async ({ call }) => {
      expectEnd(await call("exitWith", [3]), { status: "failed", exitCode: 3 });
      expectEnd(await call("exitWith", [0]), { status: "invalid-response" });
    },
  },
  {
    name: "an answer and an exit code that disagree are no answer",
    check: async ({ call }) =>
      expectEnd(await call("answerAndExit", [1]), { status: "invalid-response", blame: "ambiguous", retry: "once" }),
  },
  {
    name: "two answers are no answer",
    check: async ({ call }) => expectEnd(await call("answerTwice"), { status: "invalid-response" }),
  },
  ...Object.entries(GARBAGE).map(
    ([what, bytes]): ConformanceCase => ({
      name: `${what} on its socket ends this job alone, and is never our failure`,
      check: async ({ call }) => {
        expectEnd(await call("writeToHost", [bytes]), { status: "invalid-response", blame: "ambiguous" });
        expectEnd(await call("add", [1, 2]), { status: "ok", value: 3 });
      },
    }),
  ),
];
