import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { functionArguments, inputBytes } from "../src/exec-input.ts";
import { parseFlags } from "../src/parse-flags.ts";

const flags = (...args: string[]) => parseFlags("exec", ["task.ts", ...args]);
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sandbox-cli-input-"));
  writeFileSync(join(folder, "value.json"), '{"n": 1}\n');
  writeFileSync(join(folder, "text"), "hello\n");
  writeFileSync(join(folder, "bytes"), new Uint8Array([0xff, 0, 1]));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("functionArguments", () => {
  test("are none without --input and --args", async () => {
    expect(await functionArguments(flags())).toEqual([]);
  });

  test("are one with --input, from the option or a file", async () => {
    expect(await functionArguments(flags("--input", '{"n": {"$bigint": "7"}}'))).toEqual([{ n: 7n }]);
    expect(await functionArguments(flags("--input", `@${folder}/value.json`))).toEqual([{ n: 1 }]);
  });

  test("are all of --args", async () => {
    expect(await functionArguments(flags("--args", '[1, "two"]'))).toEqual([1, "two"]);
  });

  test.each([
    [["--input", "1", "--args", "[]"], "--input and --args: expected one of them"],
    [["--args", "1"], "--args 1: expected a JSON array, such as '[1, \"two\"]'"],
    [["--input", "hello"], "--input hello: expected JSON ("],
    [["--input", "@/nowhere"], 'Cannot read "/nowhere": there is no such file or folder'],
    [["--input", "@/tmp"], 'Cannot read "/tmp": it is a folder'],
    [["--input", '{"$bytes": 1}'], '--input {"$bytes": 1}: Cannot use {"$bytes": …}: expected base64'],
  ])("%j: %s", async (args, message) => {
    await expect(functionArguments(flags(...args))).rejects.toThrow(message);
  });

  test("names the file that holds no JSON, and not what is in it", async () => {
    const rejected = functionArguments(flags("--input", `@${folder}/text`));
    await expect(rejected).rejects.toThrow(`--input @${folder}/text: expected JSON (`);
    await expect(rejected).rejects.toMatchObject({ hints: [] });
  });

  test("says that a file is not text", async () => {
    await expect(functionArguments(flags("--input", `@${folder}/bytes`))).rejects.toThrow("it is not UTF-8 text");
  });
});

describe("inputBytes", () => {
  test("takes a file as it is, and text as it is", async () => {
    expect(await inputBytes(flags("--input", `@${folder}/bytes`))).toEqual(new Uint8Array([0xff, 0, 1]));
    expect(await inputBytes(flags("--input", '"hé"'))).toEqual(new TextEncoder().encode('"hé"'));
    expect(await inputBytes(flags())).toEqual(new Uint8Array());
  });

  test("has no list of arguments", async () => {
    await expect(inputBytes(flags("--args", "[]"))).rejects.toThrow("--args: WebAssembly takes its bytes from --input");
  });
});
