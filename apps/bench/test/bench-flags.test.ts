import { describe, expect, test } from "bun:test";
import { parseFlags } from "../src/bench-flags.ts";

const KNOWN = ["spawn-latency", "cli-start"];

describe("parseFlags", () => {
  test("takes scenarios one by one or as a list", () => {
    expect(parseFlags(["--scenario", "spawn-latency", "cli-start"], KNOWN).scenarios).toEqual([
      "spawn-latency",
      "cli-start",
    ]);
    expect(parseFlags(["--scenario", "cli-start", "--scenario", "spawn-latency"], KNOWN).scenarios).toEqual([
      "cli-start",
      "spawn-latency",
    ]);
  });

  test("runs everything in full unless told otherwise", () => {
    expect(parseFlags([], KNOWN)).toEqual({
      scenarios: [],
      effort: "full",
      help: false,
      list: false,
      out: null,
      rounds: null,
      pin: null,
      peers: null,
      compare: null,
      expect: null,
    });
  });

  test.each([
    [["--scenario", "other"], 'Cannot run scenario "other": known are spawn-latency, cli-start'],
    [["cli-start"], 'Cannot use "cli-start": expected an option'],
    [["--rounds", "0"], 'Cannot use --rounds "0"'],
    [["--rounds", "two"], 'Cannot use --rounds "two"'],
    [["--fast"], "--fast"],
    [["--quick", "--long"], "Cannot use --quick with --long"],
    [["--pin", "all"], 'Cannot use --pin "all": expected numbers of processors'],
    [["--compare", "one.json"], "Cannot compare 1 files: expected --compare BEFORE.json AFTER.json"],
  ])("refuses %p", (args, message) => {
    expect(() => parseFlags(args, KNOWN)).toThrow(message);
  });
});
