import { afterAll, describe, expect, test } from "bun:test";
import { Modules } from "../job/modules.ts";
import { runProgram } from "./warm-environment.ts";

const modules = new Modules();
afterAll(() => modules[Symbol.dispose]());

modules.add("nested.ts", "export const nested: number = 5; export interface Unused { readonly a: 1 }");
modules.add("data.json", '{"a":1}');
modules.add("node_modules/pkg/package.json", '{"name":"pkg","type":"module","exports":{".":"./lib/index.js"}}');
modules.add("node_modules/pkg/lib/index.js", 'export { default as inner } from "./inner.js";');
modules.add("node_modules/pkg/lib/inner.js", "export default 7;");
modules.add("node_modules/old/package.json", '{"name":"old","main":"./main.js"}');
modules.add("node_modules/old/main.js", 'exports.sep = require("node:path").sep;');
modules.add("thread.ts", 'import { nested } from "./nested.ts"; onmessage = (e) => postMessage(e.data * 2 + nested);');

interface Line {
  readonly code: number | null;
  readonly value?: unknown;
  readonly kind?: string;
  readonly name?: string;
  readonly message?: string;
}

let count = 0;
async function runWarm(source: string, preload = false): Promise<{ readonly job: Line; readonly printed: string }> {
  const path = modules.add(`warm-${count++}.ts`, source);
  const { stdout, stderr } = await runProgram("warm-jobs.ts", ["10000", preload ? "preload" : "no", path]);
  const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
  const last = lines.pop() ?? "";
  if (!last.startsWith("{")) throw new Error(`${last} ${stderr}`);
  return { job: JSON.parse(last) as Line, printed: lines.join("\n") };
}

const cases: readonly (readonly [title: string, source: string, value: unknown])[] = [
  ["a function", "export default (): number => 42;", 42],
  [
    "nested imports, JSON, packages of both kinds and builtins",
    `import { nested } from "./nested.ts"; import data from "./data.json"; import { inner } from "pkg"; import { sep } from "old";
     import zlib from "node:zlib"; import util from "node:util"; import { EventEmitter } from "node:events";
     export default () => [nested, data.a, inner, sep, typeof EventEmitter, util.inspect({ a: 1 }), zlib.gunzipSync(zlib.gzipSync("a")).toString()];`,
    [5, 1, 7, "/", "function", "{ a: 1 }", "a"],
  ],
  [
    "a top-level await, a dynamic import and require",
    `const later = await new Promise<number>((done) => setTimeout(() => done(3), 5));
     export default async () => [later, (await import("./nested.ts")).nested, require("./data.json").a];`,
    [3, 5, 1],
  ],
  [
    "asynchronous file access",
    `import { readFile, readdir, writeFile, mkdtemp, rm } from "node:fs/promises"; import { tmpdir } from "node:os";
     export default async () => {
       const folder = await mkdtemp(tmpdir() + "/hutch-warm-");
       await writeFile(folder + "/a", "text");
       const all = [await readFile(folder + "/a", "utf8"), await Bun.file(folder + "/a").text(), (await readdir(folder)).length];
       await rm(folder, { recursive: true });
       return all;
     };`,
    ["text", "text", 1],
  ],
  [
    "a server and fetch",
    'export default async () => { using s = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("hi") }); return await (await fetch(s.url)).text(); };',
    "hi",
  ],
  [
    "sockets of node:net",
    `import net from "node:net";
     export default () => new Promise((done) => {
       const server = net.createServer((c) => c.end("net"));
       server.listen(0, "127.0.0.1", () => { let text = ""; net.connect((server.address() as net.AddressInfo).port, "127.0.0.1").on("data", (d) => { text += d; }).on("end", () => done(text)); });
     });`,
    "net",
  ],
  [
    "WebAssembly",
    `const bytes = new Uint8Array([0,97,115,109,1,0,0,0,1,5,1,96,0,1,127,3,2,1,0,7,5,1,1,102,0,0,10,6,1,4,0,65,42,11]);
     export default async () => { const module = await WebAssembly.compile(bytes); const { exports } = await WebAssembly.instantiate(module); return (exports.f as () => number)(); };`,
    42,
  ],
  [
    "a Worker",
    `export default () => new Promise((done, fail) => { const w = new Worker(new URL("./thread.ts", import.meta.url).href); w.onmessage = (e) => done(e.data); w.onerror = (e) => fail(new Error(e.message)); w.postMessage(20); });`,
    45,
  ],
  [
    "child processes",
    `import { execFileSync, spawn } from "node:child_process";
     export default async () => {
       const p = Bun.spawn(["/bin/echo", "a"]);
       return [await new Response(p.stdout).text(), await p.exited, Bun.spawnSync(["/bin/echo", "b"]).stdout.toString(), execFileSync("/bin/echo", ["c"]).toString(),
         await new Promise((done) => spawn("/bin/true").on("exit", done)), await Bun.$\`echo d\`.text()];
     };`,
    ["a\n", 0, "b\n", "c\n", 0, "d\n"],
  ],
  [
    "compiled code, collections, timers and work of the thread pool",
    `import crypto from "node:crypto"; import zlib from "node:zlib"; import { promisify } from "node:util"; import { setTimeout as sleep } from "node:timers/promises";
     export default async () => {
       let x = 0; for (let i = 0; i < 2_000_000; i++) x += i % 7;
       Bun.gc(true); await sleep(2); await Bun.sleep(1);
       return [x, (await promisify(zlib.gzip)("a")).length > 0, (await promisify(crypto.pbkdf2)("a", "b", 10, 8, "sha256")).length, (await crypto.subtle.digest("SHA-256", new Uint8Array(1))).byteLength];
     };`,
    [5_999_995, true, 8, 32],
  ],
  [
    "its own process id, folder and environment",
    `import { readlinkSync } from "node:fs"; import { resolve } from "node:path";
     export default () => [process.pid === Number(readlinkSync("/proc/self")), process.cwd(), resolve("x"), { ...process.env }, Bun.env.NAME, Bun.spawnSync(["/bin/pwd"]).stdout.toString()];`,
    [true, "/usr", "/usr/x", { NAME: "job", EMPTY: "" }, "job", "/usr\n"],
  ],
];

describe("a warm job", () => {
  for (const [title, source, value] of cases) {
    test(`runs ${title}`, async () => {
      expect((await runWarm(source)).job).toEqual({ code: 0, value });
    });
  }

  test("runs a preloaded module as it was loaded", async () => {
    const { job } = await runWarm("const loaded = process.pid; export default () => loaded !== process.pid;", true);
    expect(job).toEqual({ code: 0, value: true });
  });

  test("answers with an error for what does not parse, throws, rejects or never settles", async () => {
    expect((await runWarm("export default ( => 3;")).job).toMatchObject({
      code: 0,
      kind: "error",
      name: "SyntaxError",
    });
    expect((await runWarm('export default () => { throw new RangeError("no"); };')).job).toMatchObject({
      code: 0,
      name: "RangeError",
      message: "no",
    });
    expect(
      (
        await runWarm(
          'export default () => { setTimeout(() => { throw new Error("timer"); }, 1); return Bun.sleep(5000); };',
        )
      ).job,
    ).toMatchObject({ code: 0, message: "timer" });
    expect((await runWarm("export default () => new Promise(() => {});")).job).toMatchObject({
      code: 0,
      name: "NeverSettledError",
    });
    expect((await runWarm("await new Promise(() => {}); export default 1;")).job).toMatchObject({
      code: 0,
      name: "NeverSettledError",
    });
  });

  test("prints whole and in order, and ends by itself with its own code", async () => {
    const { job, printed } = await runWarm(
      'export default () => { console.log("a".repeat(2 ** 20)); process.stdout.write("b".repeat(2 ** 20) + "\\n"); process.exit(9); };',
    );
    expect(job).toEqual({ code: 9, kind: "missing" });
    expect(printed).toBe(`${"a".repeat(2 ** 20)}\n${"b".repeat(2 ** 20)}`);
  });

  test("dies by a signal as any process does", async () => {
    expect(
      (await runWarm('export default () => { process.kill(process.pid, "SIGKILL"); return Bun.sleep(5000); };')).job,
    ).toEqual({ code: -9, kind: "missing" });
  });
});
