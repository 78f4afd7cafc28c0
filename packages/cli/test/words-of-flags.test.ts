import { describe, expect, test } from "bun:test";
import { parseFlags } from "../src/parse-flags.ts";
import { UsageError } from "../src/usage-error.ts";
import { inWordsOfFlags } from "../src/words-of-flags.ts";

const said = (message: string, ...args: string[]): string =>
  (inWordsOfFlags(new TypeError(message), parseFlags("run", [...args, "--", "true"]), "/home/ann") as Error).message;

describe("inWordsOfFlags()", () => {
  test.each([
    ['Cannot use policy.cwd = "/x": no', ["--cwd", "/x"], "--cwd /x: no"],
    ['Cannot use policy.root = "/home/ann/image": no', ["--rootfs", "image"], "--rootfs image: no"],
    ['Cannot use policy.files[1].source = "/home/ann": no', ["--ro", "/usr", "--rw", ".:/w"], "--rw .:/w: no"],
    ['Cannot use "tmpfs" at "/proc" of policy.files: no', ["--tmpfs", "/proc:1MiB"], "--tmpfs /proc:1MiB: no"],
  ])("%s", (message, args, expected) => {
    expect(said(message, ...args)).toBe(expected);
  });

  test("leaves what no option gave, such as the path of a policy file", () => {
    for (const message of ['Cannot use policy.cwd = "/x": no', "undefined is not an object"])
      expect(said(message, "--ro", "/y")).toBe(message);
  });

  test("is a mistake of the user's, and passes on what is none", () => {
    const flags = parseFlags("run", ["--cwd", "/x", "--", "true"]);
    expect(inWordsOfFlags(new TypeError('Cannot use policy.cwd = "/x": no'), flags, "/")).toBeInstanceOf(UsageError);
    const bug = new Error('Cannot use policy.cwd = "/x": no');
    expect(inWordsOfFlags(bug, flags, "/")).toBe(bug);
  });
});
