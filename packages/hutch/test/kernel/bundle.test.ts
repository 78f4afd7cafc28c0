import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ArtifactStore, createPool, openStore, type Pool, type PoolOptions } from "../../src/index.ts";

type Tasks = Record<string, (...args: unknown[]) => unknown>;

const FILES: Readonly<Record<string, string>> = {
  "root/tasks.ts": `import { help } from "./lib/helper.ts";
import { name } from "dep";
import data from "./data.json";

interface Told { readonly name: string }
export const told = (): Told => ({ name: name + data.suffix });
export function fail(): number {
  const value = help(1);
  return value + 1;
}
export const settings = () => [process.env.NODE_ENV ?? null, typeof DEFINED === "undefined" ? null : DEFINED, import.meta.dirname, import.meta.path];
declare const DEFINED: string;
const later = await Promise.resolve("awaited");
export const awaited = () => later;
export const listed = async () => (await import("node:fs")).readdirSync("/app");
export default () => "default";
export const deface = async () => {
  const fs = await import("node:fs");
  const path = import.meta.path;
  return [
    () => fs.writeFileSync(path, ""),
    () => fs.truncateSync(path),
    () => fs.chmodSync(path, 0o666),
    () => fs.unlinkSync(path),
    () => fs.renameSync(path, "/app/other.js"),
    () => fs.writeFileSync("/app/new.js", ""),
    () => fs.utimesSync(path, 1, 1),
  ].map((attempt) => {
    try {
      attempt();
      return "worked";
    } catch (error) {
      return (error as { code: string }).code;
    }
  });
};
`,
  "root/lib/helper.ts": `/** A comment
 * of several lines.
 */
export function help(value: number): number {
  if (value > 0) throw new RangeError("cannot help");
  return value;
}
`,
  "root/data.json": '{ "suffix": "!" }',
  "root/secret.txt": "not imported",
  "root/node_modules/dep/package.json": '{ "name": "dep", "main": "index.cjs" }',
  "root/node_modules/dep/index.cjs": 'exports.name = "dep";',
  // What bundlers read beside a module.
  "root/bunfig.toml": 'preload = ["./plugin.ts"]\n[define]\nDEFINED = "\'bunfig\'"\n',
  "root/plugin.ts": 'throw new Error("the plugin ran");',
  "root/tsconfig.json": '{ "compilerOptions": { "paths": { "#lib/*": ["./lib/*"] } } }',
  "root/broken.ts": "export const x: = 1;",
  "root/missing.ts": 'import { x } from "not-there"; export const y = x;',
  "root/macro.ts": 'import { stamp } from "./stamp.ts" with { type: "macro" }; export const told = () => stamp();',
  "root/stamp.ts": "export const stamp = () => 42;",
  "root/image.ts": 'import image from "./image.png"; export const told = () => image;',
  "root/image.png": "\x89PNG",
  "large/large.ts": `export const told = () => ${JSON.stringify("x".repeat(13 * 2 ** 20))}.length;`,
  "root/stamped.ts": 'import { stamp } from "stamp"; export const told = () => stamp;',
  "trusted/node_modules/stamp/package.json": '{ "name": "stamp", "main": "index.js" }',
  "trusted/node_modules/stamp/index.js": "export const stamp = crypto.randomUUID();",
};

let parent = "";
let store: ArtifactStore;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), "hutch-test-"));
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(join(parent, path, ".."), { recursive: true });
    writeFileSync(join(parent, path), content);
  }
  // The job's user, where this is root, has to get there.
  Bun.spawnSync(["chmod", "-R", "a+rX", parent]);
  store = openStore({ folder: join(parent, "store") });
});
afterAll(() => {
  store.close();
  rmSync(parent, { recursive: true });
});

async function open(module: string, options: Partial<PoolOptions> = {}): Promise<Pool<Tasks>> {
  return await createPool<Tasks>({ module: join(parent, "root", module), bundle: true, standby: false, ...options });
}

const refusal = async (module: string): Promise<{ code?: string; message?: string; cause?: Error }> =>
  await open(module).then(
    async (pool) => {
      await pool.close();
      return {};
    },
    (error) => error,
  );

describe("a pool with `bundle`", () => {
  // With a store the bundler gets a copy of the folder, without one the folder itself.
  test.each([false, true])(
    "calls the same functions, and errors are where their source is (with a store: %p)",
    async (stored) => {
      await using pool = await open("tasks.ts", stored ? { store } : {});
      expect(store.stats().prepared).toBe(Number(stored));
      const answers = ["told", "awaited", "default", "settings"].map((name) => pool.call(name, []));
      expect(await Promise.all(answers)).toEqual([
        { name: "dep!" },
        "awaited",
        "default",
        [null, null, "/app", "/app/tasks.js"],
      ]);
      const outcome = await pool.execute("fail", []);
      expect(outcome).toMatchObject({ ok: false, verdict: { status: "failed", reason: "RangeError: cannot help" } });
      expect(outcome.ok ? "" : outcome.error?.stack).toMatch(
        /^RangeError: cannot help\n +at help \(\/app\/lib\/helper.ts:5:\d+\)\n +at fail \(\/app\/tasks.ts:8:\d+\)$/,
      );
    },
  );

  test("shows its jobs the bundle, and nothing else of the folder", async () => {
    await using pool = await open("tasks.ts");
    expect(await pool.call("listed", [])).toEqual(["tasks.js"]);
    await using whole = await open("tasks.ts", { bundle: false });
    expect(await whole.call("listed", [])).toContain("secret.txt");
  });

  test("lets no job change what the next one loads", async () => {
    await using pool = await open("tasks.ts");
    const refused = expect.stringMatching(/^(EROFS|EACCES|EPERM)$/);
    for (let turn = 0; turn < 2; turn++)
      expect(await pool.call("deface", [])).toEqual(Array.from({ length: 7 }, () => refused));
    expect(await pool.call("told", [])).toEqual({ name: "dep!" });
  });

  test("keeps to a root above the module, and to standbys", async () => {
    await using pool = await open("lib/helper.ts", { root: join(parent, "root"), standby: true });
    const outcome = await pool.execute("help", [1]);
    expect(outcome.ok ? "" : outcome.error?.stack).toContain("/app/lib/helper.ts:5:");
    expect(await pool.call("help", [0])).toBe(0);
  });

  test("leaves preloaded packages to the worker", async () => {
    const preload = [join(parent, "trusted/node_modules/stamp")];
    await using pool = await open("stamped.ts", { preload });
    // Evaluated in each job it would be another one each time.
    const stamps = [await pool.call("told", []), await pool.call("told", [])];
    expect(stamps).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), stamps[0]]);
  });

  test.each([
    ["broken.ts", /^failed: the module does not bundle: Unexpected =.* at \/app\/broken.ts:1:17$/],
    ["missing.ts", /^failed: the module does not bundle: Could not resolve: "not-there"/],
    // A macro is code that the bundler runs.
    ["macro.ts", /^failed: the module does not bundle: Macros are disabled at \/app\/macro.ts:1:\d+$/],
    ["image.ts", /^failed: the module does not bundle: cannot write multiple output files/],
    [
      "../large/large.ts",
      /^output-limit: the bundle is larger than the 12582912 bytes that are allowed; preload what is large/,
    ],
  ])("is refused for %s, and says why", async (module, message) => {
    const error = await refusal(module);
    expect(error).toMatchObject({ code: "JOB_FAILED", message: expect.stringMatching(message) });
    expect(error.cause?.name).toBe("BundleError");
  });

  test("reads nothing of the host for a module that asks for it", async () => {
    const secret = join(parent, "secret-of-the-host.txt");
    writeFileSync(secret, "secret");
    const hostile = join(parent, "hostile");
    mkdirSync(hostile, { recursive: true });
    for (const [name, target] of [
      ["secret", secret],
      ["shadow", "/etc/shadow"],
      ["above", "../secret-of-the-host.txt"],
    ] as const) {
      symlinkSync(target, join(hostile, `${name}.txt`));
      writeFileSync(
        join(hostile, `${name}.ts`),
        `import x from "./${name}.txt" with { type: "text" }; export const told = () => x;`,
      );
      for (const options of [{}, { store }])
        await expect(open(`../hostile/${name}.ts`, options)).rejects.toThrow("Could not resolve");
    }
    symlinkSync("/proc/self/environ", join(hostile, "environ.txt"));
    writeFileSync(
      join(hostile, "environ.ts"),
      'import x from "./environ.txt" with { type: "text" }; export const told = () => x;',
    );
    for (const options of [{}, { store }]) {
      await using pool = await open("../hostile/environ.ts", options);
      // The bundler has an environment of its own, with nothing of ours.
      const names = String(await pool.call("told", []))
        .split("\0")
        .map((entry) => entry.split("=")[0]);
      expect(names.filter((name) => name !== "").toSorted()).toEqual([
        "DO_NOT_TRACK",
        "HOME",
        "LANG",
        "NO_COLOR",
        "PATH",
      ]);
    }
  });

  test("ends the bundler when the caller gives up", async () => {
    const signal = AbortSignal.timeout(1);
    const error: unknown = await open("tasks.ts", { signal }).catch((reason: unknown) => reason);
    expect([error, signal.aborted]).toEqual([signal.reason, true]);
  });
});

describe("a pool with `bundle` and a store", () => {
  /** @returns what the store says of one more pool */
  async function started(own: ArtifactStore, options: Partial<PoolOptions> = {}): Promise<readonly number[]> {
    const before = own.stats();
    const pool = await open("tasks.ts", { store: own, ...options });
    expect(await pool.call("told", [])).toEqual({ name: expect.stringMatching(/^dep/) });
    await pool.close();
    const after = own.stats();
    expect(after.problem).toBeNull();
    return (["hits", "prepared", "repaired"] as const).map((name) => after[name] - before[name]);
  }

  test("bundles once for the same code, and again when anything of it changed", async () => {
    const folder = join(parent, "own");
    using own = openStore({ folder });
    const [hit, prepared, repaired] = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 1, 1],
    ];
    expect(await started(own)).toEqual(prepared ?? []);
    expect(await started(own)).toEqual(hit ?? []);
    expect(await started(own, { limits: { cpuMs: 5_000 }, workers: 2 })).toEqual(hit ?? []);
    expect(await started(own, { preload: [join(parent, "trusted/node_modules/stamp")] })).toEqual(prepared ?? []);
    const helper = join(parent, "root/lib/helper.ts");
    writeFileSync(helper, `${FILES["root/lib/helper.ts"]}// changed`);
    expect(await started(own)).toEqual(prepared ?? []);
    writeFileSync(helper, FILES["root/lib/helper.ts"] ?? "");
    expect(await started(own)).toEqual(hit ?? []);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), "damaged");
    expect(await started(own)).toEqual(repaired ?? []);
  });

  test("bundles what it hashed, whoever changes the folder meanwhile", async () => {
    using own = openStore({ folder: join(parent, "raced") });
    const helper = join(parent, "root/data.json");
    const opening = open("tasks.ts", { store: own });
    // ORDER: createPool() has read the folder when it first waits, and the bundler has not begun.
    writeFileSync(helper, '{ "suffix": "?" }');
    const raced = await opening;
    writeFileSync(helper, FILES["root/data.json"] ?? "");
    const same = await open("tasks.ts", { store: own });
    const names = await Promise.all([raced, same].map((pool) => pool.call("told", [])));
    await Promise.all([raced.close(), same.close()]);
    expect(names).toEqual([{ name: "dep!" }, { name: "dep!" }]);
    expect(own.stats()).toMatchObject({ prepared: 1, hits: 1 });
  });

  test("does without the store for a folder that is too large to be read each time", async () => {
    mkdirSync(join(parent, "root/many"));
    for (let index = 0; index < 3001; index++) writeFileSync(join(parent, `root/many/${index}`), "");
    try {
      expect(await started(store)).toEqual([0, 0, 0]);
    } finally {
      rmSync(join(parent, "root/many"), { recursive: true });
    }
  });
});

test("`bundle` is refused where there is nothing to bundle, or something would be missing", async () => {
  const module = join(parent, "root/tasks.ts");
  const cases: readonly (readonly [PoolOptions, string])[] = [
    [{ bundle: true }, "it takes a module"],
    [{ bundle: true, module, policy: { backend: "posix-fork" } }, "which posix-fork has not"],
    [{ bundle: true, module, preload: [join(parent, "root/lib/helper.ts")] }, "it is in the module's folder"],
    [{ bundle: "yes", module } as unknown as PoolOptions, "Cannot use bundle = yes: expected true or false"],
  ];
  for (const [options, message] of cases) await expect(createPool(options)).rejects.toThrow(message);
  expect(existsSync(module)).toBe(true);
});
