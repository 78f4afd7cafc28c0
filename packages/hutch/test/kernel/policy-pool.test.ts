import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool, type FileEntry, type Policy, type Pool, run } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
  chmodSync(folder, 0o755);
  for (const name of ["data", "shared"]) {
    mkdirSync(join(folder, name));
    chmodSync(join(folder, name), 0o777);
  }
  writeFileSync(join(folder, "data/file"), "from the host");
  chmodSync(join(folder, "data/file"), 0o666);
  writeFileSync(join(folder, "alone"), "");
  chmodSync(join(folder, "alone"), 0o666);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function withPool(policy: Partial<Policy>, use: (pool: Pool<typeof tasks>) => Promise<void>): Promise<void> {
  // Emulated machines are slow, and time is not what is tested.
  const limits = { cpuMs: 60_000 };
  await using pool = await createPool<typeof tasks>({ module, policy, limits });
  await use(pool);
}
const text = async (pool: Pool<typeof tasks>, script: string): Promise<string> =>
  (await pool.run(["/bin/sh", "-c", script])).text();

describe("files of a pool's policy", async () => {
  test("an overlay is laid anew for every job, and functions work beside it", async () => {
    const files: FileEntry[] = [{ kind: "overlay", source: join(folder, "data"), path: "/data" }];
    await withPool({ files }, async (pool) => {
      // Replaced, not written: in the jobs of a pool that root started the host's owners have no id (docs/files.md).
      const script =
        "cat /data/file; rm /data/file; echo changed > /data/file; echo x > /data/new; cat /data/file; ls /data";
      for (let job = 0; job < 2; job += 1) expect(await text(pool, script)).toBe("from the hostchanged\nfile\nnew\n");
      expect(await pool.call("add", [1, 2])).toBe(3);
    });
    expect(readFileSync(join(folder, "data/file"), "utf8")).toBe("from the host");
    expect(readdirSync(join(folder, "data"))).toEqual(["file"]);
  });

  test("what is read-write can be written, a single file too, and a later entry lies over a tmpfs", async () => {
    const files: FileEntry[] = [
      { kind: "tmpfs", path: "/data" },
      { kind: "read-write", source: join(folder, "shared"), path: "/data" },
      { kind: "read-write", source: join(folder, "alone"), path: "/one" },
      { kind: "tmpfs", path: "/own", sizeBytes: 4096, inodes: 8, noexec: true },
    ];
    await withPool({ files, cwd: "/data" }, async (pool) => {
      expect(await text(pool, "echo 1 > file && echo 2 > /one && echo 3 > /own/x && cat file /one /own/x")).toBe(
        "1\n2\n3\n",
      );
      expect(await text(pool, "ls /own; cat file")).toBe("1\n");
    });
    expect(readFileSync(join(folder, "shared/file"), "utf8")).toBe("1\n");
    expect(readFileSync(join(folder, "alone"), "utf8")).toBe("2\n");
  });

  test("a folder of the host at /tmp is the jobs', and one that they could not write is refused", async () => {
    const source = join(folder, "shared");
    await withPool({ files: [{ kind: "read-write", source, path: "/tmp" }] }, async (pool) => {
      expect(await text(pool, "echo kept > /tmp/kept && cat /tmp/kept")).toBe("kept\n");
    });
    expect(readFileSync(join(source, "kept"), "utf8")).toBe("kept\n");
    const shown: FileEntry[] = [{ kind: "read-only", source, path: "/tmp" }];
    expect(createPool({ policy: { files: shown } })).rejects.toThrow(
      'Cannot use "read-only" at "/tmp" of policy.files: every job of a pool has a "/tmp" of its own',
    );
  });

  test("a job cannot carry away what the next one gets below a writable folder", async () => {
    mkdirSync(join(folder, "shared/a/inner"), { recursive: true });
    for (const name of ["shared/a", "shared/a/inner"]) chmodSync(join(folder, name), 0o777);
    const files: FileEntry[] = [
      { kind: "read-write", source: join(folder, "shared"), path: "/data" },
      { kind: "tmpfs", path: "/data/a/inner" },
    ];
    await withPool({ files }, async (pool) => {
      const attack =
        "mv /data/a /data/b 2>/dev/null && ln -s /usr /data/a && echo moved; echo 1 > /data/a/inner/x; true";
      expect(await text(pool, attack)).toBe("");
      expect(await text(pool, "ls /data/a/inner")).toBe("");
    });
    expect(readdirSync(join(folder, "shared/a/inner"))).toEqual([]);
  });

  test("terminals", async () => {
    await withPool({ terminal: true }, async (pool) => {
      expect(await text(pool, "ls /dev/pts; test -e /dev/ptmx && echo ptmx")).toBe("ptmx\nptmx\n");
    });
  });

  const tcp = { connect: [], bind: [] };
  const refused = await run(["/bin/true"], { policy: { tcp } }).then(
    () => null,
    (error: Error) => error.message,
  );
  test.skipIf(refused !== null)(`TCP ports of the policy${refused === null ? "" : ` (${refused})`}`, async () => {
    await withPool({ tcp }, async (pool) => {
      const outcome = await pool.run(["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9"]);
      expect(outcome.stderr.toString()).toContain("Permission denied");
    });
  });

  test("every job is under landlock and says so", async () => {
    await withPool({}, async (pool) => {
      const outcome = await pool.execute("add", [1, 2]);
      const landlock = outcome.report.isolation.controls.find(({ name }) => name === "landlock");
      expect(landlock).toMatchObject({
        state: "enforced",
        why: expect.stringContaining("files of the job's root alone"),
      });
      expect(await text(pool, "{ echo 0 > /proc/self/coredump_filter; } 2>/dev/null || echo denied")).toBe("denied\n");
    });
  });
});
