import { afterAll, describe, expect, test } from "bun:test";
import { decodeValue } from "@hutch/core";
import { type ColdJob, callFunction } from "./cold-job.ts";
import { Modules } from "./modules.ts";

const modules = new Modules();
afterAll(() => modules[Symbol.dispose]());

let count = 0;
async function call(source: string, exportName = "default", args: readonly unknown[] = []): Promise<ColdJob> {
  return await callFunction(modules.add(`module-${count++}.ts`, source), exportName, args);
}

async function resultOf(source: string, exportName = "default", args: readonly unknown[] = []): Promise<unknown> {
  const { response, exitCode, stderr } = await call(source, exportName, args);
  if (response.kind !== "value") throw new Error(`${JSON.stringify(response)} ${stderr}`);
  expect(exitCode).toBe(0);
  return decodeValue(response.bytes);
}

async function errorOf(
  source: string,
  exportName = "default",
  args: readonly unknown[] = [],
): Promise<{ name: string; message: string; stack: string }> {
  const { response, exitCode } = await call(source, exportName, args);
  if (response.kind !== "error") throw new Error(JSON.stringify(response));
  expect(exitCode).toBe(0);
  return response;
}

describe("runFunction()", () => {
  test("returns what a sync, an async and a thenable function give", async () => {
    expect(await resultOf("export default (a: number, b: number) => a * b;", "default", [6, 7])).toBe(42);
    expect(
      await resultOf("export async function add(a: bigint) { await Bun.sleep(1); return a + 1n; }", "add", [2n ** 70n]),
    ).toBe(2n ** 70n + 1n);
    expect(await resultOf("export default () => ({ then: (done: (v: string) => void) => done('later') });")).toBe(
      "later",
    );
    expect(await resultOf("export default () => undefined;")).toBeUndefined();
  });

  test("carries typed arrays, maps, sets and dates both ways", async () => {
    const given = [
      new Uint8Array([1, 2]),
      new Map([["a", 1]]),
      new Set([1n]),
      new Date(5),
      { deep: [null, undefined, -0, Number.NaN] },
    ];
    expect(await resultOf("export default (...all: unknown[]) => all;", "default", given)).toEqual(given);
  });

  test("runs a module with a top-level await, nested imports, JSON and packages", async () => {
    modules.add("deep/data.json", '{"a":1}');
    modules.add("deep/other.ts", "export const other: number = 2;");
    modules.add("deep/node_modules/pkg/package.json", '{"name":"pkg","type":"module","main":"./index.js"}');
    modules.add("deep/node_modules/pkg/index.js", "export const pkg = 3;");
    const path = modules.add(
      "deep/main.ts",
      `import data from "./data.json"; import { pkg } from "pkg"; const { other } = await import("./other.ts");
       import { readFile } from "node:fs/promises";
       export default async () => [data.a, other, pkg, (await readFile(import.meta.filename, "utf8")).length > 9];`,
    );
    const { response } = await callFunction(path, "default");
    expect(response.kind === "value" && decodeValue(response.bytes)).toEqual([1, 2, 3, true]);
  });

  test("says that the module is missing, or which one that it imports", async () => {
    const { response } = await callFunction("/no/such/module.ts", "default");
    expect(response).toEqual({
      kind: "error",
      name: "FunctionError",
      message: 'Cannot find the module "/no/such/module.ts"',
      stack: expect.any(String),
    });
    expect((await errorOf('import "./nowhere.ts"; export default 1;')).message).toContain("./nowhere.ts");
  });

  test("says where a module does not parse", async () => {
    const { name, message, stack } = await errorOf("export const a = 1;\nexport default ( => 3;");
    expect(name).toBe("SyntaxError");
    expect(message).toMatch(/^Cannot parse the module: Unexpected => at .*module-\d+\.ts:2:\d+$/);
    expect(stack).toContain("export default ( => 3;");
  });

  test("says what a module throws while it loads", async () => {
    expect(await errorOf('throw new RangeError("at load"); export default 1;')).toMatchObject({
      name: "RangeError",
      message: "at load",
    });
  });

  test("lists the exports when there is none of the name, and says what it is when it is no function", async () => {
    const module = "export const version = 3; export function resize() {}";
    expect((await errorOf(module, "rezise")).message).toMatch(
      /^Cannot call "rezise" of ".*": it exports only "resize", "version"$/,
    );
    expect((await errorOf(module, "toString")).message).toContain("it exports only");
    expect((await errorOf("const a = 1;")).message).toEndWith("it exports nothing");
    expect((await errorOf(module, "version")).message).toEndWith("it is of type number, not a function");
  });

  test("gives name, message and stack of an error, sync and async, without the runtime's frames", async () => {
    const sync = await errorOf(
      'class Mine extends TypeError { name = "Mine"; }\nfunction inner() { throw new Mine("no"); }\nexport default () => inner();',
    );
    expect(sync).toMatchObject({ name: "Mine", message: "no" });
    expect(sync.stack).toMatch(/module-\d+\.ts:2:/);
    expect(sync.stack).not.toContain("run-function");
    expect(sync.stack).not.toContain("run-job");
    const late = await errorOf(
      'export default async () => { await Bun.sleep(1); throw new Error("late", { cause: new Error("deep") }); };',
    );
    expect(late.message).toBe("late");
    expect(late.stack).toContain("Caused by: Error: deep");
  });

  test("names a thrown value that is not an Error, also one that throws when it is read", async () => {
    expect(await errorOf('export default () => Promise.reject("boom");')).toMatchObject({
      name: "Error",
      message: 'a value that is not an Error was thrown: "boom"',
    });
    expect((await errorOf("export default () => { throw undefined; };")).message).toEndWith("undefined");
    const hostile =
      "export default () => { throw Object.defineProperty(new Error('x'), 'message', { get() { throw 1; } }); };";
    expect((await errorOf(hostile)).message).toContain("can not be read");
  });

  test("refuses results that do not encode, and says where", async () => {
    expect((await errorOf("export default () => ({ onDone: () => 1 });")).message).toContain("result.onDone");
    expect(
      (await errorOf("export default () => { const a: unknown[] = []; a.push(a); return a; };")).message,
    ).toContain("result[0]");
    expect((await errorOf("export default () => Symbol('x');")).message).toContain("symbol");
  });

  test("says that the function never settles instead of waiting", async () => {
    const never = await errorOf("export default () => new Promise(() => {});");
    expect(never).toMatchObject({
      name: "NeverSettledError",
      message: 'nothing is left to do, and it still waits for the promise of "default" to settle',
    });
    expect((await errorOf("await new Promise(() => {}); export default 1;")).message).toMatch(
      /waits for the module ".*" to load$/,
    );
    const after = "export default () => { setTimeout(() => {}, 20); return new Promise(() => {}); };";
    expect((await errorOf(after)).name).toBe("NeverSettledError");
  });

  test("lets a listener of beforeExit bring the job back", async () => {
    const source =
      'export default () => new Promise((done) => process.once("beforeExit", () => setTimeout(() => done("back"), 5)));';
    expect(await resultOf(source)).toBe("back");
  });

  test("turns unhandled rejections and uncaught errors into errors, unless the user listens", async () => {
    expect(
      await errorOf('export default () => { Promise.reject(new Error("lost")); return new Promise(() => {}); };'),
    ).toMatchObject({ message: "lost" });
    expect(
      await errorOf(
        'export default () => { setTimeout(() => { throw new Error("timer"); }, 1); return Bun.sleep(2000); };',
      ),
    ).toMatchObject({ message: "timer" });
    const own =
      'export default () => new Promise((done) => { process.on("uncaughtException", (e) => done("own " + e.message)); setTimeout(() => { throw new Error("timer"); }, 1); });';
    expect(await resultOf(own)).toBe("own timer");
    const rejected =
      'export default () => new Promise((done) => { process.on("unhandledRejection", (e) => done("own " + (e as Error).message)); Promise.reject(new Error("lost")); });';
    expect(await resultOf(rejected)).toBe("own lost");
  });

  test("a process that ends itself gives no answer and keeps its exit code", async () => {
    const { response, exitCode, stdout } = await call('export default () => { console.log("bye"); process.exit(7); };');
    expect({ response, exitCode, stdout }).toEqual({ response: { kind: "missing" }, exitCode: 7, stdout: "bye\n" });
  });

  test("runs exit handlers before the answer", async () => {
    const { response, stdout } = await call(
      'process.on("exit", (code) => console.log("exit", code)); export default () => 1;',
    );
    expect(response.kind).toBe("value");
    expect(stdout).toBe("exit 0\n");
    expect(
      (await errorOf('process.on("exit", () => { throw new Error("in exit"); }); export default () => 1;')).message,
    ).toBe("in exit");
  });

  test("does not answer twice, and does not wait for what the function left running", async () => {
    // Waiting for the timer, the job would not answer before it is ended (cold-job.ts).
    expect(
      await resultOf(
        'export default () => { setTimeout(() => {}, 600_000); Promise.reject(new Error("late")); return 1; };',
      ),
    ).toBe(1);
  });

  test("a result that is too large becomes an error that says so", async () => {
    const path = modules.add("large.ts", "export default () => new Uint8Array(5000);");
    const { response, exitCode } = await callFunction(path, "default", [], { responseBytes: 4096 });
    expect(exitCode).toBe(0);
    expect(response).toMatchObject({
      kind: "error",
      name: "RangeError",
      message: expect.stringMatching(/^Cannot send the result: it has 50\d\d bytes, 4096 are allowed$/),
    });
  });
});
