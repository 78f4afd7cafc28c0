// Attacks on the answer: bytes that are none, and answers in the runtime's stead.
import type { Scenario } from "../scenario.ts";

const FORGED = [
  "length 0",
  "length 2^31",
  "length 2^32-1",
  "more than it says",
  "less than it says",
  "half of a length",
  "a kind that is none",
  "two answers",
  "text that is no UTF-8",
  "a depth of 100000",
  "a list of 2^32 items",
  "a text of 2^63 bytes",
  "an endless list",
  "nothing",
];

const FORGING: readonly Scenario[] = FORGED.map((way) => ({
  name: `forge-answer: ${way}`,
  from: ["X5"],
  does: `answers with bytes of its own making: ${way}`,
  control: "host",
  program: "forge-answer.ts",
  argument: way,
  safe: { status: "invalid-response" },
  plain: { status: "invalid-response" },
  openly: { by: "nowhere", why: "the decoder is the host's: packages/core/test/protocol" },
}));

export const RESULTS: readonly Scenario[] = [
  ...FORGING,
  {
    name: "forge-answer: a name of prototypes",
    from: ["X5"],
    does: "answers with an object that has a `__proto__` of its own: a value like any other",
    control: "host",
    program: "forge-answer.ts",
    argument: "a name of prototypes",
    safe: { says: /^\[object Object\]$/ },
    plain: { says: /^\[object Object\]$/ },
    openly: { by: "nowhere", why: "the decoder is the host's: packages/core/test/protocol" },
  },
  {
    name: "reuse-socket",
    from: ["L8", "L7"],
    does: "connects the job's socket elsewhere, makes it listen, and sends its events to the host",
    control: "net-namespace",
    program: "reuse-socket.ts",
    behind: { syscalls: "off" },
    openly: { by: "posix-fork", expected: { reaches: ["connect another to a name of the host"] } },
  },
  {
    name: "forge-slowly",
    from: ["X4", "X5"],
    does: "answers in its runtime's stead, a byte at a time: it is the job's own answer, and nobody else's",
    control: "host",
    program: "forge-slowly.ts",
    safe: { says: /^forged$/ },
    plain: { says: /^forged$/ },
    openly: { by: "nowhere", why: "an answer is the job's words in whatever way it comes" },
  },
];
