import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkBoundaries } from "../check-boundaries.ts";

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

const entry = (file: string) => ({ "hutch-source": `./src/${file}.ts`, default: `./dist/${file}.js` });
const packages: Record<string, object> = {
  "packages/core": { name: "@hutch/core", exports: { ".": entry("index"), "./testing": entry("testing/index") } },
  "packages/syscall": { name: "@hutch/syscall", exports: { ".": entry("index") } },
  "packages/worker": { name: "@hutch/worker", exports: { ".": entry("index"), "./main": entry("main") } },
  "packages/hutch": { name: "hutch", exports: { ".": entry("index") } },
  examples: { name: "@hutch/examples" },
};

/** Problems of a small workspace that holds these files. */
async function check(files: Record<string, string>): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), "hutch-boundaries-"));
  made.push(root);
  const all: Record<string, string> = {
    "package.json": JSON.stringify({ workspaces: { packages: ["packages/*", "examples"] } }),
    ...files,
  };
  for (const [folder, manifest] of Object.entries(packages)) all[`${folder}/package.json`] = JSON.stringify(manifest);
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkBoundaries(root);
}

describe("checkBoundaries() accepts", () => {
  const cases: Record<string, Record<string, string>> = {
    "an import that the table has": {
      "packages/hutch/src/index.ts": `export { a } from "@hutch/core";`,
      "packages/core/src/index.ts": `export { a } from "./a.ts";`,
      "packages/core/src/a.ts": `export const a = 1;`,
    },
    "bun:ffi in syscall": { "packages/syscall/src/library.ts": `import { dlopen } from "bun:ffi"; export { dlopen };` },
    "process.platform in its one file": {
      "packages/syscall/src/platform.ts": `export const isLinux = (): boolean => process.platform === "linux";`,
    },
    "a test that imports what it likes": {
      "packages/core/test/a.test.ts": `import { run } from "hutch"; import "bun:ffi"; run();`,
      "packages/hutch/src/index.ts": `export { run } from "./run.ts";`,
      "packages/hutch/src/run.ts": `export function run() {}`,
    },
    "a worker that is located and not imported": {
      "packages/hutch/src/worker-process.ts": `export const entry = () => import.meta.resolve("@hutch/worker/main");`,
    },
    "a program that acts when it is loaded": { "packages/worker/src/main.ts": `await serve(); function serve() {}` },
    "a catch that does something, and a handler that says why not": {
      "packages/hutch/src/a.ts": `export function a() { try { b(); } catch (e) { throw new Error("", { cause: e }); }
        b().catch(() => { /* its caller awaits it too */ }); }`,
    },
    "an await inside a function": { "packages/hutch/src/a.ts": `export const a = async () => { await 1; };` },
  };
  for (const [title, files] of Object.entries(cases)) {
    test(title, async () => {
      expect(await check(files)).toEqual([]);
    });
  }
});

describe("checkBoundaries() rejects", () => {
  const cases: [title: string, files: Record<string, string>, problems: RegExp[]][] = [
    [
      "an import that the table does not have",
      { "packages/syscall/src/a.ts": `import { x } from "@hutch/core/testing"; export { x };` },
      [/^packages\/syscall\/src\/a\.ts:1: @hutch\/syscall may not import @hutch\/core$/],
    ],
    [
      "a type-only import that the table does not have",
      { "packages/core/src/a.ts": `\nimport type { Fd } from "@hutch/syscall";\nexport type A = Fd;` },
      [/core\/src\/a\.ts:2: @hutch\/core may not import @hutch\/syscall/],
    ],
    [
      "an import() type, a dynamic import and a require that the table does not have",
      {
        "packages/core/src/a.ts": `export type A = import("hutch").A;
export const b = () => import("hutch");
export const c = () => require("hutch");`,
      },
      [/a\.ts:1: .*may not import hutch/, /a\.ts:2: .*may not import hutch/, /a\.ts:3: .*may not import hutch/],
    ],
    [
      "an import of a package that may only be located",
      { "packages/hutch/src/a.ts": `export { main } from "@hutch/worker/main";` },
      [/hutch may not import @hutch\/worker/],
    ],
    [
      "locating a package that the table does not have",
      { "examples/a.ts": `console.log(import.meta.resolve("@hutch/worker/main"));` },
      [/examples may not locate @hutch\/worker/],
    ],
    [
      "an example that imports past the front door",
      { "examples/a.ts": `import { x } from "@hutch/core"; x();` },
      [/examples may not import @hutch\/core/],
    ],
    [
      "a relative import into another package",
      {
        "packages/hutch/src/a.ts": `export { b } from "../../syscall/src/b.ts";`,
        "packages/syscall/src/b.ts": `export const b = 1;`,
      },
      [/hutch\/src\/a\.ts:1: "\.\.\/\.\.\/syscall\/src\/b\.ts" leaves the package/],
    ],
    [
      "a subpath that the package does not export",
      { "packages/hutch/src/a.ts": `export { b } from "@hutch/core/src/b.ts";` },
      [/@hutch\/core has no entry "\.\/src\/b\.ts"/],
    ],
    [
      "a relative import of a file that is not there",
      { "packages/hutch/src/a.ts": `export { b } from "./b.ts";` },
      [/"\.\/b\.ts" is not a file/],
    ],
    [
      "an import cycle between files",
      {
        "packages/core/src/a.ts": `import { b } from "./b.ts"; export const a = () => b;`,
        "packages/core/src/b.ts": `export { c as b } from "./c.ts";`,
        "packages/core/src/c.ts": `import { a } from "./a.ts"; export const c = () => a;`,
      },
      [
        /^import cycle: packages\/core\/src\/a\.ts → packages\/core\/src\/b\.ts → packages\/core\/src\/c\.ts → packages\/core\/src\/a\.ts$/,
      ],
    ],
    [
      "a cycle of types only",
      {
        "packages/core/src/a.ts": `import type { B } from "./b.ts"; export type A = B;`,
        "packages/core/src/b.ts": `import type { A } from "./a.ts"; export type B = A;`,
      },
      [/^import cycle: /],
    ],
    [
      "bun:ffi outside syscall",
      { "packages/worker/src/a.ts": `import { dlopen } from "bun:ffi"; export { dlopen };` },
      [/worker\/src\/a\.ts:1: bun:ffi belongs to @hutch\/syscall alone/],
    ],
    [
      "every way of reading the platform outside its one file",
      {
        "packages/syscall/src/a.ts": `import { platform } from "node:os";
export const b = () => process.platform;
export const c = () => process["platform"];
export const d = () => { const { platform } = process; return platform; };
export { platform };`,
      },
      [/a\.ts:1: the platform/, /a\.ts:2: the platform/, /a\.ts:3: the platform/, /a\.ts:4: the platform/],
    ],
    [
      "an empty catch block, with or without a comment",
      {
        "packages/hutch/src/a.ts": `export function a() { try { a(); } catch {} }
export function b() { try { b(); } catch (e) { /* never mind */ } }`,
      },
      [/a\.ts:1: empty catch block/, /a\.ts:2: empty catch block/],
    ],
    [
      "an empty catch handler without a reason",
      { "packages/hutch/src/a.ts": `export function a(p: Promise<void>) { p.catch(() => {}); }` },
      [/a\.ts:1: empty catch handler/],
    ],
    [
      "an empty catch block in a test",
      { "packages/hutch/test/a.test.ts": `test("a", () => { try { a(); } catch {} });` },
      [/a\.test\.ts:1: empty catch block/],
    ],
    [
      "tests that are singled out or put off",
      {
        "packages/hutch/test/a.test.ts": `test.only("a", () => {});
describe.only("b", () => {});
test.todo("c");
test.only.each([1])("d", () => {});`,
      },
      [/:1: test\.only must/, /:2: describe\.only must/, /:3: test\.todo must/, /:4: test\.only must/],
    ],
    [
      "input and output in the pure package",
      {
        "packages/core/src/a.ts": `import { readFileSync } from "node:fs"; export { readFileSync };
export const b = () => Bun.file("x");
export const c = () => process.pid;`,
      },
      [/a\.ts:1: @hutch\/core is pure: no "node:fs"/, /a\.ts:2: .*no "Bun\.file"/, /a\.ts:3: .*no "process\.pid"/],
    ],
    [
      "an effect at import time",
      { "packages/hutch/src/a.ts": `process.on("exit", () => {});\nexport const b = await Promise.resolve(1);` },
      [/a\.ts:1: statement with an effect/, /a\.ts:2: statement with an effect/],
    ],
    [
      "logic in index.ts",
      { "packages/hutch/src/index.ts": `export const a = 1;` },
      [/index\.ts:1: index\.ts has exports only/],
    ],
  ];
  for (const [title, files, problems] of cases) {
    test(title, async () => {
      const found = await check(files);
      expect(found).toHaveLength(problems.length);
      for (const [index, problem] of problems.entries()) expect(found[index]).toMatch(problem);
    });
  }

  test("a package without a line in the table", async () => {
    const found = await check({ "packages/extra/package.json": JSON.stringify({ name: "@hutch/extra" }) });
    expect(found).toEqual(['packages/extra: package "@hutch/extra" has no line in tools/import-table.ts']);
  });
});
