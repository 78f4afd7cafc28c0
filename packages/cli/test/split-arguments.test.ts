import { describe, expect, test } from "bun:test";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { splitArguments } from "../src/split-arguments.ts";

const OPTIONS = [
  { name: "cpu", value: "TIME" },
  { name: "out", short: "o", value: "FILE" },
  { name: "quiet", short: "q" },
  { name: "help", short: "h" },
];

/** What node:util makes of the same arguments, in our words. */
function reference(args: readonly string[]): unknown[] {
  const { tokens } = parseArgs({
    args: [...args],
    options: {
      cpu: { type: "string" },
      out: { type: "string", short: "o" },
      quiet: { type: "boolean", short: "q" },
      help: { type: "boolean", short: "h" },
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const end = tokens.find(({ kind }) => kind === "option-terminator");
  return tokens.flatMap((token): unknown[] => {
    if (token.kind === "option-terminator") return [{ kind: "rest", values: args.slice(token.index + 1) }];
    if (token.kind === "positional") {
      return end !== undefined && token.index > end.index ? [] : [{ kind: "operand", value: token.value }];
    }
    return [
      {
        kind: "option",
        spelled: token.rawName,
        option: OPTIONS.find(({ name }) => name === token.name),
        value: token.value,
      },
    ];
  });
}

describe("splitArguments", () => {
  test.each([
    [["--cpu", "2s"]],
    [["--cpu=2s"]],
    [["--cpu="]],
    [["--cpu"]],
    [["--cpu", "--quiet"]],
    [["-o", "x", "-qh", "-qox", "-oq"]],
    [["a", "-", "b", "--", "--cpu", "-o"]],
    [["--unknown", "a", "--quiet=1", "-z"]],
  ])("splits %j as node:util does", (args) => {
    expect(splitArguments(OPTIONS, args)).toEqual(reference(args) as never);
  });

  test("splits whatever is given as node:util does", () => {
    const argument = fc.oneof(
      fc.constantFrom(
        "--cpu",
        "--cpu=1",
        "--out",
        "-o",
        "-q",
        "-qh",
        "-qo",
        "-ox",
        "--quiet",
        "--",
        "-",
        "--no",
        "--no=1",
      ),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 6 }), (args) => {
        expect(splitArguments(OPTIONS, args)).toEqual(reference(args) as never);
      }),
      { numRuns: 2000 },
    );
  });
});
