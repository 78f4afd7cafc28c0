// Attacks that have to fail, each one act. Where the plain backend can run the same attack it is seen to succeed there: so it
// is the sandbox that holds it. What only commands can show is in linux-clone's isolation.test.ts and mutation.test.ts.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool, type Outcome, type Pool, run } from "../../src/index.ts";
import type * as attacks from "./jobs/attacks.ts";

const module = join(import.meta.dir, "jobs/attacks.ts");
const limits = { cpuMs: 10_000, wallMs: 10_000 };
const SECRET = "secret of the host";
const REFUSED = "ECONNREFUSED";
const ESRCH = -3;

let pool: Pool<typeof attacks>;
/** The same without a sandbox; null where the job's user cannot reach Bun or these files. */
let plain: Pool<typeof attacks> | null;
let other: Pool<typeof attacks>;
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "secret"), SECRET);
  pool = await createPool<typeof attacks>({ module, limits });
  other = await createPool<typeof attacks>({ module, limits });
  plain = await createPool<typeof attacks>({ module, limits, policy: { backend: "posix-fork" } }).catch(unreachable);
});
afterAll(async () => {
  await Promise.all([pool, plain, other].map((each) => each?.close()));
  rmSync(folder, { recursive: true });
});

function unreachable(error: unknown): null {
  if (error instanceof TypeError) return null;
  throw error;
}

function resultOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.verdict.status}: ${outcome.verdict.reason}`);
  return outcome.value;
}

describe("a job reaches nothing of the host", () => {
  test("no file that it is not shown, by whatever path", async () => {
    const path = join(folder, "secret");
    for (const way of [path, `/proc/self/root${path}`, `/proc/self/cwd/../..${path}`, `/app/../../../..${path}`])
      expect([way, await pool.call("readFile", [way])]).toEqual([way, "ENOENT"]);
    if (plain !== null) expect(await plain.call("readFile", [path])).toBe(SECRET);
  });

  test("no process, not its own worker either", async () => {
    // Init, the job, and the process that holds its memory.
    expect(await pool.call("pids", [])).toEqual([1, 2, 3]);
    expect(await pool.call("signal", [process.pid])).toBe(ESRCH);
    if (plain !== null) expect(await plain.call("signal", [process.pid])).not.toBe(ESRCH);
  });

  test("no listener, by a name or by loopback", async () => {
    const name = `hutch-test-${crypto.randomUUID()}`;
    const named = await listen({ path: `\0${name}` });
    const numbered = await listen({ port: 0, host: "127.0.0.1" });
    const { port } = numbered.address() as AddressInfo;
    try {
      for (const address of [name, port]) {
        expect(await pool.call("connectTo", [address])).toBe(REFUSED);
        if (plain !== null) expect(await plain.call("connectTo", [address])).toBe("connected");
      }
    } finally {
      for (const server of [named, numbered]) server.close();
    }
  });

  test("no setting of the machine", async () => {
    for (const name of ["kernel/core_pattern", "kernel/shmall", "net/ipv4/ip_forward", "user/max_user_namespaces"])
      expect([name, await pool.call("writeFile", [`/proc/sys/${name}`])]).toEqual([name, "EACCES"]);
    expect(await pool.call("writeFile", ["/proc/self/oom_score_adj"])).not.toBe("ENOENT");
  });

  test("none of the programs that the next jobs run", async () => {
    for (const path of ["/hutch/bun", "/hutch/worker.js", "/hutch/job.js", "/app/attacks.ts", "/usr/bin/new"])
      expect([path, await pool.call("writeFile", [path])]).toEqual([path, expect.stringMatching(/^E(ROFS|ACCES)$/)]);
    expect(await pool.call("linkTo", ["/app/attacks.ts"])).toBe("EXDEV");
  });

  test("no bytes of its stdin that it could change: they are the caller's", async () => {
    const result = await run(["/bin/sh", "-c", "cat; echo changed 1<>/proc/self/fd/0"], { stdin: SECRET });
    expect(result.text()).toBe(SECRET);
    expect(result.text("stderr")).not.toBe("");
  });
});

describe("a job gains nothing", () => {
  test("no descriptor but its own four and its event loop's", async () => {
    for (const standby of [true, false]) {
      await using fresh = await createPool<typeof attacks>({ module, standby, limits });
      const { 0: stdin, 1: stdout, 2: stderr, 3: socket, ...rest } = await fresh.call("descriptors", []);
      expect([stdin, stdout, stderr, socket]).toEqual(["/dev/null", "pipe", "pipe", "socket"]);
      for (const kind of Object.values(rest)) expect(kind).toMatch(/^anon_inode:\[(eventpoll|eventfd)\]$/);
    }
  });

  test("no way into process 1, and no end of it by signals", async () => {
    expect(await pool.call("attackInit", [])).toEqual({
      ...Object.fromEntries(["trace", "descriptor", "namespaces", "memory"].map((way) => [way, -1])),
      ...Object.fromEntries(["mem", "environ", "root/tmp", "fd", "ns/mnt", "maps"].map((way) => [way, "EACCES"])),
      alive: true,
    });
  });

  test("no namespace, mount, root or user", async () => {
    const [EPERM, ENOSPC] = [-1, -28];
    // Each wall holds alone: the filter, and what is behind it.
    await using unfiltered = await createPool<typeof attacks>({ module, limits, policy: { syscalls: "off" } });
    for (const [jobs, refused] of [
      [pool, EPERM],
      [unfiltered, ENOSPC],
    ] as const) {
      const { user, root, ...rest } = await jobs.call("gainRights", []);
      expect(user).toBe(refused);
      expect(root).toBeLessThan(0);
      for (const [way, errno] of Object.entries(rest)) expect([way, errno]).toEqual([way, EPERM]);
    }
  });
});

describe("jobs learn nothing of each other", () => {
  test("what one leaves in files, memory and state is not there for the next", async () => {
    const name = `left-${crypto.randomUUID()}`;
    await pool.call("leaveTraces", [name]);
    expect(await pool.call("findTraces", [name])).toEqual([]);
    if (plain === null) return;
    await plain.call("leaveTraces", [name]);
    expect(await plain.call("findTraces", [name])).toEqual(["/tmp", "/dev/shm", "shm"]);
  });

  test("a pool's job does not reach the job of another pool", async () => {
    const name = `hutch-test-${crypto.randomUUID()}`;
    const waits = other.execute("listenFor", [name, 600]);
    await Bun.sleep(200);
    expect(await pool.call("connectTo", [name])).toBe(REFUSED);
    expect(resultOf(await waits)).toBe(0);
  });

  test("arguments, results, errors, output and stdin are in no later job's memory", async () => {
    const prefix = "hutch-marker-";
    const secret = crypto.randomUUID();
    const moved = [...secret].map((character) => String.fromCharCode(character.charCodeAt(0) + 1)).join("");
    const whole = prefix + secret;
    await pool.execute("give", [whole]);
    await pool.execute("take", [[new Uint8Array(100_000), whole]]);
    await pool.execute("fail", [whole]);
    const stdin = { bytes: Bun.zstdCompressSync(Buffer.from(whole)), compression: "zstd" } as const;
    expect((await pool.run(["/bin/cat"], { stdin })).text()).toBe(whole);
    expect((await pool.run(["/bin/cat"], { stdin: whole })).text()).toBe(whole);
    // The first one was cloned while another job ran, the second one after it.
    for (let i = 0; i < 2; i++) expect(await pool.call("findInMemory", [prefix, moved])).toBe(0);
    expect(await pool.call("findOwn", [whole, prefix, moved])).toBeGreaterThan(0);
  });

  test("keys of one are not another's, also while the user's quota of keys is used up", async () => {
    // Each is cloned while the one before holds all there is.
    for (let i = 0; i < 3; i++) await pool.call("hoardKeys", []);
    for (let i = 0; i < 2; i++) expect(await pool.call("countKeys", [])).toBe(0);
  });
});

function listen(where: { readonly path: string } | { readonly port: number; readonly host: string }): Promise<Server> {
  const server = createServer((socket) => socket.end());
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(where, () => resolve(server));
  });
}
