import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ArtifactStore, createPool, openStore, type Pool, prepare, type StoreOptions } from "../../src/index.ts";

const upper = await Bun.file(join(import.meta.dir, "../../../../examples/untrusted/upper.wasm")).bytes();
/** The same module for a runtime, and another one for a store: a section that nobody reads. */
const variant = (name: string): Uint8Array => Uint8Array.of(...upper, 0, 1 + name.length, 0, ...Buffer.from(name));
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const hello = new TextEncoder().encode("hello");

let parent = "";
let store: ArtifactStore;
const open = (options: Partial<StoreOptions> = {}): ArtifactStore =>
  openStore({ folder: join(parent, "store"), ...options });
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "hutch-test-"));
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(parent, { recursive: true });
});

/** One pool with a store for all tests would share its memory of failures, and a pool for each takes long. */
let plain: Pool;
beforeAll(async () => {
  plain = await createPool({ standby: false });
});
afterAll(() => plain.close());

async function upperOf(pool: Pool, artifact: Awaited<ReturnType<Pool["prepare"]>>): Promise<string> {
  const outcome = await pool.wasm(artifact, "upper", hello);
  return outcome.ok ? text(outcome.value) : outcome.verdict.reason;
}

describe("pool.prepare() with a store", () => {
  test("runs a job once, and what is taken from the folder later runs as well", async () => {
    await using first = await createPool({ store, standby: false });
    expect(await upperOf(first, await first.prepare(upper))).toBe("HELLO");
    expect(await upperOf(first, await first.prepare(upper))).toBe("HELLO");
    expect(store.stats()).toMatchObject({ prepared: 1, hits: 1, problem: null });
    using later = open();
    // Nothing is started for it: no cgroup, no worker. A folder that is no program's would make a start fail.
    const artifact = await prepare(upper, { store: later });
    expect(later.stats()).toMatchObject({ prepared: 0, hits: 1 });
    expect(await upperOf(plain, artifact)).toBe("HELLO");
    const { checksum } = artifact.manifest;
    const loaded = await later.load(checksum);
    expect(loaded?.manifest).toEqual(artifact.manifest);
  });

  test("prepares a damaged or missing artifact again before the caller hears of it", async () => {
    await using pool = await createPool({ store, standby: false });
    await pool.prepare(upper);
    const [name = ""] = readdirSync(store.folder);
    writeFileSync(join(store.folder, name), "damaged");
    expect(await upperOf(pool, await pool.prepare(upper))).toBe("HELLO");
    rmSync(join(store.folder, name));
    expect(await upperOf(pool, await pool.prepare(upper))).toBe("HELLO");
    expect(store.stats()).toMatchObject({ prepared: 3, repaired: 1, hits: 0 });
  });

  test("fails for no caller, whatever happens to the files while many prepare and run", async () => {
    await using pool = await createPool({ store, standby: false, workers: 2 });
    const modules = ["a", "b", "c"].map(variant);
    const damages = [
      (path: string) => writeFileSync(path, "damaged"),
      (path: string) => truncateSync(path, 70),
      (path: string) => rmSync(path, { force: true }),
      (path: string) =>
        writeFileSync(
          path,
          readFileSync(path).map((byte) => byte ^ 1),
        ),
    ];
    let done = 0;
    const damageOne = (): void => {
      const names = readdirSync(store.folder).filter((name) => name.endsWith(".hutch"));
      const path = join(store.folder, names[done % names.length] ?? "none");
      // Three of four leave something to repair.
      if (existsSync(path)) damages[Math.floor(done / 2) % damages.length]?.(path);
      done += 1;
    };
    const caller = async (first: number): Promise<readonly string[]> => {
      const answers: string[] = [];
      for (let turn = 0; turn < 15; turn++) {
        answers.push(await upperOf(pool, await pool.prepare(modules[(first + turn) % modules.length] ?? upper)));
        // Whatever the other callers do at this moment.
        damageOne();
      }
      return answers;
    };
    const answers = await Promise.all([0, 1, 2].map(caller));
    expect(new Set(answers.flat())).toEqual(new Set(["HELLO"]));
    expect(store.stats()).toMatchObject({ problem: null, notKept: 0 });
    expect(store.stats().repaired).toBeGreaterThan(0);
  });

  test("has callers of several pools wait for one job, and each can give up alone", async () => {
    await using one = await createPool({ store, standby: false });
    await using two = await createPool({ store, standby: false });
    const gaveUp = new AbortController();
    const first = one.prepare(upper, { signal: gaveUp.signal });
    const others = [one, two, two].map((pool) => pool.prepare(upper));
    gaveUp.abort(new Error("the first one gave up"));
    const [begun, ...joined] = await Promise.allSettled([first, ...others]);
    expect(begun).toMatchObject({ status: "rejected", reason: { message: "the first one gave up" } });
    expect(joined.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
    expect(store.stats()).toMatchObject({ prepared: 1, joined: 3 });
  });

  test("does it in a caller's own pool when the pool that began is closed", async () => {
    const closing = await createPool({ store, standby: false });
    await using other = await createPool({ store, standby: false });
    const begun = closing.prepare(upper);
    const joined = other.prepare(upper);
    const closed = closing.close();
    const [first, second] = await Promise.allSettled([begun, joined]);
    await closed;
    // It may have been quicker than the close.
    if (first.status === "rejected") expect(first.reason).toMatchObject({ code: "POOL_CLOSED" });
    expect(second.status).toBe("fulfilled");
  });

  test("has a deadline for each caller, and none for the job that they share", async () => {
    await using pool = await createPool({ store, standby: false });
    const [hasty, patient] = await Promise.allSettled([
      pool.prepare(upper, { deadlineMs: 1 }),
      pool.prepare(upper, { deadlineMs: 60_000 }),
    ]);
    expect(hasty).toMatchObject({ status: "rejected", reason: { code: "DEADLINE_PASSED" } });
    expect(patient.status).toBe("fulfilled");
  });

  test("runs no second job for what is no module, and one for what had too little time", async () => {
    await using pool = await createPool({ store, standby: false });
    const ends = async (module: Uint8Array, limits = {}): Promise<unknown> =>
      await pool.prepare(module, { limits }).catch((error: unknown) => error);
    const first = await ends(hello);
    expect(first).toMatchObject({ code: "JOB_FAILED", verdict: { status: "failed", blame: "job" } });
    // The very same error: nothing was run.
    expect(await ends(hello)).toBe(first);
    // Less than any job takes to begin.
    const hurried = { cpuMs: 1, wallMs: 60_000 };
    const late = await ends(upper, hurried);
    expect(late).toMatchObject({ verdict: { blame: "job", status: "cpu-limit" } });
    expect(await ends(upper, hurried)).toBe(late);
    expect(await ends(upper)).not.toBeInstanceOf(Error);
    expect(store.stats()).toMatchObject({ prepared: 1 });
  });

  test("keeps the bytes that were validated, whatever their owner does to them meanwhile", async () => {
    const bytes = variant("mine");
    await using pool = await createPool({ store, standby: false });
    const prepared = pool.prepare(bytes);
    bytes.fill(0);
    expect(await upperOf(pool, await prepared)).toBe("HELLO");
  });
});

test("a job changes nothing of the artifact that other jobs get", async () => {
  const preload = [join(import.meta.dir, "jobs/scribbles-on-wasm.ts")];
  await using pool = await createPool({ preload });
  const artifact = await plain.prepare(upper);
  for (let turn = 0; turn < 3; turn++) {
    const { ok, stdout, ...rest } = await pool.wasm(artifact, "upper", hello);
    expect([ok, "value" in rest ? text(rest.value as Uint8Array) : ""]).toEqual([true, "HELLO"]);
    // It looked for the file that its module came in: that is closed by then, and was its own.
    expect(text(stdout)).toBe("\n");
  }
});
