import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ArtifactManifest, encodeArtifact, HostError, parseArtifact } from "@hutch/core";
import { encodeWasm } from "../../src/artifact.ts";
import { digestOf } from "../../src/checksum.ts";
import { checkStore, openStore, type Store } from "../../src/store/artifact-store.ts";
import type { StoreOptions } from "../../src/store/store-options.ts";
import { describe as describeModule, moduleOf, preparationOf } from "./preparation.ts";

let parent = "";
let folder = "";
const opened = new Set<Store>();
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "hutch-test-"));
  folder = join(parent, "store");
});
afterEach(() => {
  for (const store of opened) store.close();
  opened.clear();
  rmSync(parent, { recursive: true });
});

function open(options: Partial<StoreOptions> = {}): Store {
  const store = checkStore(openStore({ folder, ...options })) as Store;
  opened.add(store);
  return store;
}

const files = (): string[] => readdirSync(folder).toSorted();
const onlyFile = (): string => join(folder, files()[0] ?? "none");
const never = async (): Promise<never> => {
  throw new HostError("HOST_FAILURE", "it was prepared again");
};

describe("store.obtain()", () => {
  test("prepares code once, and the next process takes it from the folder", async () => {
    const module = moduleOf("a");
    const first = open();
    const made = await first.obtain(preparationOf(module));
    const second = open();
    const taken = await second.obtain(preparationOf(module, never));
    expect(taken.manifest).toEqual(made.manifest);
    expect(encodeWasm(taken)).toEqual(encodeWasm(made));
    expect([first.stats(), second.stats()]).toMatchObject([
      { hits: 0, prepared: 1, problem: null },
      { hits: 1, prepared: 0, problem: null },
    ]);
    expect(files()).toHaveLength(1);
    expect((await second.load(made.manifest.checksum))?.manifest).toEqual(made.manifest);
    expect(await second.load("00".repeat(32))).toBeNull();
    expect([statSync(folder).mode & 0o777, statSync(onlyFile()).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  test("prepares other code, and the same code as another kind, for itself", async () => {
    const store = open();
    await store.obtain(preparationOf(moduleOf("a")));
    await store.obtain(preparationOf(moduleOf("b")));
    const asBundle = { ...preparationOf(moduleOf("a")), kind: "bundle" } as const;
    await store.obtain(asBundle);
    expect(store.stats()).toMatchObject({ hits: 0, prepared: 3 });
    expect(files()).toHaveLength(3);
  });

  test("takes the same artifact whatever limits and policy it was prepared under", async () => {
    const store = open();
    await store.obtain(preparationOf(moduleOf("a"), undefined, "these limits"));
    await store.obtain(preparationOf(moduleOf("a"), never, "those limits"));
    expect(store.stats()).toMatchObject({ hits: 1, prepared: 1 });
  });

  test("prepares once for all who want it at the same time", async () => {
    const store = open();
    let times = 0;
    const slow = preparationOf(moduleOf("a"), async () => {
      times += 1;
      await Bun.sleep(20);
      return await describeModule(moduleOf("a"));
    });
    await Promise.all(Array.from({ length: 20 }, () => store.obtain(slow)));
    expect([times, store.stats().prepared, store.stats().joined]).toEqual([1, 1, 19]);
  });

  test("does not try again what would fail again, and tries again what may not", async () => {
    const store = open({ coolDownMs: 0, tries: 2 });
    let times = 0;
    const failing = preparationOf(moduleOf("a"), async () => {
      times += 1;
      throw new HostError("HOST_FAILURE", `failed ${times}`);
    });
    for (const message of ["failed 1", "failed 2", "failed 2", "failed 2"])
      await expect(store.obtain(failing)).rejects.toThrow(message);
    expect(times).toBe(2);
    await store.obtain(preparationOf(moduleOf("a"), undefined, "other limits"));
    // What is in the folder by now is good for everybody.
    await store.obtain(failing);
    expect(store.stats()).toMatchObject({ prepared: 1, hits: 1 });
  });

  const damages: readonly (readonly [string, () => void])[] = [
    ["is empty", () => writeFileSync(onlyFile(), "")],
    ["is cut off", () => truncateSync(onlyFile(), statSync(onlyFile()).size - 1)],
    ["has bytes behind it", () => writeFileSync(onlyFile(), Buffer.concat([readFileSync(onlyFile()), Buffer.of(0)]))],
    ["has a changed bit in its code", () => flip(-1)],
    ["has a changed bit in its manifest", () => flip(70)],
    ["has another magic", () => flip(0)],
    ["is of another format", () => flip(8)],
    ["was made by another Bun", () => anotherVersion({ bunVersion: "0.0.1" })],
    ["was made by another Hutch", () => anotherVersion({ hutchVersion: "0.0.1" })],
    ["is text", () => writeFileSync(onlyFile(), "hello")],
    ["is a link", () => replaceBy((path, away) => symlinkSync(away, path))],
    ["is a pipe", () => replaceBy((path) => Bun.spawnSync(["mkfifo", path]))],
    ["is larger than the store may be", () => truncateSync(onlyFile(), 2 ** 31)],
  ];

  function flip(at: number): void {
    const bytes = readFileSync(onlyFile());
    writeFileSync(onlyFile(), bytes.with(at, (bytes.at(at) ?? 0) ^ 4));
  }

  function anotherVersion(versions: Partial<ArtifactManifest>): void {
    const { manifest, bytes } = parseArtifact(readFileSync(onlyFile()), digestOf);
    writeFileSync(onlyFile(), encodeArtifact({ ...manifest, ...versions } as ArtifactManifest, bytes, digestOf));
  }

  /** @param replace makes something at the path of the file that was moved away */
  function replaceBy(replace: (path: string, away: string) => void): void {
    const [path, away] = [onlyFile(), join(parent, "away")];
    renameSync(path, away);
    replace(path, away);
  }

  test.each(damages)("removes and prepares again what %s", async (_, damage) => {
    const module = moduleOf("a");
    const store = open({ maxBytes: 2 ** 20 });
    await store.obtain(preparationOf(module));
    const whole = readFileSync(onlyFile());
    damage();
    const repaired = await store.obtain(preparationOf(module));
    expect(repaired.manifest.sizeBytes).toBe(module.byteLength);
    expect(store.stats()).toMatchObject({ repaired: 1, prepared: 2, hits: 0, problem: null });
    expect(readFileSync(onlyFile())).toEqual(whole);
    if (existsSync(join(parent, "away"))) expect(readFileSync(join(parent, "away"))).toEqual(whole);
  });

  test("removes and prepares again the artifact of another module under its name", async () => {
    const store = open();
    await store.obtain(preparationOf(moduleOf("a")));
    const [a] = files();
    await store.obtain(preparationOf(moduleOf("b")));
    const b = files().find((name) => name !== a);
    rmSync(join(folder, String(a)));
    linkSync(join(folder, String(b)), join(folder, String(a)));
    const { manifest } = await store.obtain(preparationOf(moduleOf("a")));
    expect(manifest).toEqual((await describeModule(moduleOf("a"))).manifest);
    expect(store.stats()).toMatchObject({ repaired: 1, prepared: 3 });
  });

  test("prepares again what is gone, with the whole folder or without it", async () => {
    const store = open();
    for (const target of [() => onlyFile(), () => folder]) {
      await store.obtain(preparationOf(moduleOf("a")));
      rmSync(target(), { recursive: true });
      await store.obtain(preparationOf(moduleOf("a")));
      expect(files()).toHaveLength(1);
    }
    expect(store.stats()).toMatchObject({ prepared: 3, hits: 1, repaired: 0, problem: null });
  });

  test("goes on in the folder that it opened when another one is put in its place", async () => {
    const store = open();
    await store.obtain(preparationOf(moduleOf("a")));
    renameSync(folder, join(parent, "moved"));
    mkdirSync(folder);
    await store.obtain(preparationOf(moduleOf("b")));
    expect([files(), readdirSync(join(parent, "moved")).length]).toEqual([[], 2]);
  });

  test("leaves no descriptor open, also when it is closed while it reads and writes", async () => {
    const descriptors = (): number => readdirSync("/proc/self/fd").length;
    const before = descriptors();
    for (let turn = 0; turn < 10; turn++) {
      const store = openStore({ folder });
      const names = ["a", "b", `${turn}`, `${turn}`];
      const obtained = names.map((name) => (store as Store).obtain(preparationOf(moduleOf(name))));
      if (turn % 2 === 0) store.close();
      const artifacts = await Promise.all(obtained);
      expect(artifacts.map(({ manifest }) => manifest.sizeBytes)).toEqual([64, 64, 64, 64]);
      for (const name of readdirSync(folder)) writeFileSync(join(folder, name), "damaged");
      await store.load(artifacts[0]?.manifest.checksum ?? "");
      store.close();
    }
    expect(descriptors()).toBe(before);
  });

  test("gives what it cannot keep, and says why", async () => {
    const store = open({ maxBytes: 1000 });
    const { manifest } = await store.obtain(preparationOf(moduleOf("large", 2000)));
    expect(manifest.sizeBytes).toBe(2000);
    expect(store.stats()).toMatchObject({ prepared: 1, notKept: 1 });
    expect(store.stats().problem).toMatchObject({ code: "STORE_UNUSABLE" });
    expect(store.stats().problem?.message).toMatch(/: it has \d+ bytes, and maxBytes is 1000$/);
    const encode = (): never => {
      throw new RangeError("too much to say about it");
    };
    await store.obtain({ ...preparationOf(moduleOf("a")), encode });
    expect(store.stats()).toMatchObject({ prepared: 2, notKept: 2 });
    expect(store.stats().problem?.message).toEndWith(": too much to say about it");
    expect(files()).toEqual([]);
    store.close();
    await store.obtain(preparationOf(moduleOf("b")));
    expect(store.stats()).toMatchObject({ prepared: 3, notKept: 2 });
  });

  test("keeps no more than it may, and the used ones longest", async () => {
    const one = encodeWasm(await describeModule(moduleOf("a"))).byteLength;
    const store = open({ maxBytes: 3 * one });
    for (const [index, name] of ["a", "b", "c"].entries()) {
      const before = new Set(readdirSync(folder));
      await store.obtain(preparationOf(moduleOf(name)));
      // File systems know times to different degrees.
      const added = readdirSync(folder).find((each) => !before.has(each));
      utimesSync(join(folder, String(added)), 1000 + index, Date.now() / 1000 - 1000 + index);
    }
    await store.obtain(preparationOf(moduleOf("a"), never));
    await store.obtain(preparationOf(moduleOf("d")));
    expect(store.stats()).toMatchObject({ pruned: 1, hits: 1 });
    await store.obtain(preparationOf(moduleOf("a"), never));
    await expect(store.obtain(preparationOf(moduleOf("b"), never))).rejects.toThrow("prepared again");
  });

  test("removes what nobody used for too long, and nothing that is not its own", async () => {
    const store = open({ maxAgeMs: 60_000 });
    await store.obtain(preparationOf(moduleOf("a")));
    writeFileSync(join(folder, "README"), "keep");
    mkdirSync(join(folder, "folder.hutch"));
    for (const name of [onlyFile(), join(folder, "README")]) utimesSync(name, 1000, 1000);
    utimesSync(join(folder, String(files().find((name) => /^[0-9a-f]{64}/.test(name)))), 1000, 1000);
    await store.prune();
    expect(files()).toEqual(["README", "folder.hutch"]);
    expect(store.stats()).toMatchObject({ pruned: 1, problem: null });
  });
});
