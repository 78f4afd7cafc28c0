// What is different about a pool without a sandbox: the calls themselves are tested in pool.test.ts, on both backends.
import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool, run } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";
import { until } from "./until.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");
const policy = { backend: "posix-fork" } as const;

/** Nobody need have waited for it: that is the machine's process 1 to do. */
async function lives(pid: number): Promise<boolean> {
  const status = await Bun.file(`/proc/${pid}/status`)
    .text()
    .catch(() => "");
  return status !== "" && !/^State:\s+Z/m.test(status);
}

const gone = (pid: number): Promise<void> => until(async () => !(await lives(pid)));

describe("a pool on posix-fork", () => {
  test("reports what it does not isolate", async () => {
    await using pool = await createPool<typeof tasks>({ module, policy });
    for (const { report } of [await pool.execute("add", [1, 2]), await pool.run(["/bin/true"])]) {
      const state = (name: string): string | undefined =>
        report.isolation.controls.find((control) => control.name === name)?.state;
      for (const name of ["user", "mount", "pid", "net", "ipc", "uts", "cgroup"])
        expect([name, state(`${name}-namespace`)]).toEqual([name, "unavailable"]);
      expect([state("private-root"), state("init"), state("capabilities")]).toEqual(Array(3).fill("unavailable"));
      expect([state("session"), state("wall-limit"), state("descriptors")]).toEqual(Array(3).fill("enforced"));
    }
  });

  test("ends what a job left behind in its group, also after a limit", async () => {
    await using pool = await createPool({ policy });
    const left = await pool.run(["/bin/sh", "-c", "sleep 1000 > /dev/null 2>&1 & echo $!"]);
    expect(left.verdict.status).toBe("ok");
    await gone(Number(left.text()));
    const limited = await pool.run(["/bin/sh", "-c", "sleep 1000 & echo $!; wait"], { limits: { wallMs: 1000 } });
    expect(limited.verdict.status).toBe("wall-limit");
    await gone(Number(limited.text()));
    expect((await pool.run(["/bin/true"])).ok).toBe(true);
  });

  test("has the host's files and says that it can show no others", async () => {
    const files = [{ kind: "content", path: "/data", content: "x" }] as const;
    const message = /policy.files with the backend "posix-fork"/;
    expect(() => run(["true"], { policy: { ...policy, files } })).toThrow(message);
    expect(createPool({ policy: { ...policy, files } })).rejects.toThrow(message);
    expect(() => run(["true"], { policy: { ...policy, cwd: "/no/such" } })).toThrow('policy.cwd = "/no/such": ENOENT');
    await using pool = await createPool({ policy: { ...policy, cwd: "/usr" } });
    expect((await pool.run(["/bin/pwd"])).text()).toBe("/usr\n");
  });

  test("preloads modules from where they are, and inflates a stdin", async () => {
    await using pool = await createPool<typeof tasks>({ module, preload: [module], policy });
    expect(await pool.call("count", [])).toBe(1);
    const stdin = { bytes: Bun.zstdCompressSync("zipped"), compression: "zstd" } as const;
    expect((await pool.run(["/bin/cat"], { stdin })).text()).toBe("zipped");
    expect((await run(["/bin/cat"], { stdin, policy })).text()).toBe("zipped");
  });

  test.skipIf(process.getuid?.() !== 0)(
    "refuses a module that the job's user cannot reach (only root's jobs have another user)",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
      try {
        mkdirSync(join(folder, "sub"));
        writeFileSync(join(folder, "sub/task.ts"), "export const one = 1;");
        expect(createPool({ module: join(folder, "sub/task.ts"), policy })).rejects.toThrow(
          `module = "${folder}": the job's user may not enter it; show a copy of it, or chmod o+rx`,
        );
        chmodSync(folder, 0o755);
        await using pool = await createPool({ module: join(folder, "sub/task.ts"), policy });
        expect(pool.start).toBe("warm");
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  test("leaves none of our programs behind", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
    chmodSync(folder, 0o755);
    const script = `
      const { createPool } = await import(${JSON.stringify(join(import.meta.dir, "../../src/index.ts"))});
      await using pool = await createPool({ policy: { backend: "posix-fork" } });
      console.log((await pool.run(["/bin/echo", "ran"])).text());`;
    try {
      const { stdout } = Bun.spawnSync([process.execPath, "--conditions=hutch-source", "-e", script], {
        env: { ...process.env, TMPDIR: folder },
      });
      expect(stdout.toString()).toContain("ran");
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("programs of the plain backend go with the last pool, and come again for the next", async () => {
  const folder = process.env.TMPDIR ?? "/tmp";
  const ours = (): string[] => readdirSync(folder).filter((name) => name.startsWith(`hutch-${process.pid}-`));
  for (let round = 0; round < 2; round++) {
    await using pool = await createPool<typeof tasks>({ module, policy });
    expect(await pool.call("add", [1, 2])).toBe(3);
    expect(ours()).toHaveLength(1);
    await pool.close();
    expect(ours()).toEqual([]);
  }
});
