import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool, type FileEntry, HostError, type Policy, run } from "../../src/index.ts";

const text = async (script: string, policy: Partial<Policy>): Promise<string> =>
  (await run(["/bin/sh", "-c", script], { policy })).text();
const content = (path: string, mode?: number): FileEntry => ({
  kind: "content",
  path,
  content: "#!/bin/sh\necho ours\n",
  ...(mode === undefined ? {} : { mode }),
});

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "note"), "hello");
  mkdirSync(join(folder, "sub"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a policy's later entries lie over earlier ones and the system's", () => {
  test.each(["/etc/passwd", "/etc/ld.so.cache", "/dev/zero", "/dev/stdin", "/data"])("content at %s", async (path) => {
    expect(
      await text(`cat ${path}`, { files: [{ ...content("/data"), content: "old" } as FileEntry, content(path)] }),
    ).toBe("#!/bin/sh\necho ours\n");
  });

  test("a link over a file of ours and over one of the host's", async () => {
    const files: FileEntry[] = [
      { kind: "read-only", source: join(folder, "note"), path: "/data" },
      { kind: "symlink", path: "/data", target: "/target" },
      { kind: "symlink", path: "/etc/hosts", target: "/target" },
      content("/target"),
    ];
    expect(await text("tail -n 1 /data /etc/hosts; readlink /data", { files })).toMatch(
      /(echo ours\n[\s\S]*){2}\/target/,
    );
    expect(readdirSync(folder).sort()).toEqual(["note", "sub"]);
  });

  test("a file over content, and content below a tmpfs that covers an earlier one", async () => {
    const files: FileEntry[] = [
      content("/data"),
      { kind: "read-only", source: join(folder, "note"), path: "/data" },
      content("/d/x"),
      { kind: "tmpfs", path: "/d" },
      content("/d/y"),
    ];
    expect(await text("cat /data; ls /d", { files })).toBe("hello y\n".replace(" ", ""));
  });

  test("content with a mode is a program", async () => {
    expect(await text("/opt/tool", { files: [content("/opt/tool", 0o755)] })).toBe("ours\n");
    expect(await text("/opt/tool 2>/dev/null || echo refused", { files: [content("/opt/tool")] })).toBe("refused\n");
    for (const mode of [0o700, 0o1755, -1, 1.5])
      expect(() => run(["true"], { policy: { files: [content("/opt/tool", mode)] } })).toThrow(/0o755 for a program/);
  });
});

describe("a policy that cannot be", () => {
  const refused: readonly (readonly [Partial<Policy>, RegExp])[] = [
    [{ cwd: "/no/such" }, /policy.cwd = "\/no\/such": there is no such folder/],
    [{ cwd: "/etc/passwd" }, /policy.cwd = "\/etc\/passwd": it is a file/],
    [
      { files: [content("/usr/bin/true")] },
      /"content" at "\/usr\/bin\/true" of policy.files: "\/usr" is a folder of the host/,
    ],
    [{ files: [content("/bin/true")] }, /"content" at "\/bin\/true".*choose a path outside/],
    [{ files: [content("/etc")] }, /a folder is there/],
    [{ files: [content("/etc/passwd/x")] }, /"\/etc\/passwd" is a file/],
    [{ files: [content("/proc/x")] }, /"\/proc" shows the processes/],
    [{ files: [{ kind: "tmpfs", path: "/proc" }] }, /"tmpfs" at "\/proc".*choose another path/],
    [{ files: [{ kind: "tmpfs", path: "/etc/passwd" }] }, /a file is there/],
    [{ files: [{ kind: "tmpfs", path: "/" }] }, /that is the root itself/],
    [{ files: [{ kind: "symlink", path: "/tmp", target: "/x" }] }, /a folder is there/],
  ];
  test.each(refused)("%o is refused before anything runs, by its name", async (policy, message) => {
    expect(() => run(["true"], { policy })).toThrow(message);
    expect(() => run(["true"], { policy })).toThrow(TypeError);
    expect(createPool({ policy })).rejects.toThrow(message);
    expect((await run(["true"])).ok).toBe(true);
  });

  test("writes nothing into a folder of the host", () => {
    const files: FileEntry[] = [{ kind: "read-write", source: folder, path: "/data" }, content("/data/new")];
    expect(() => run(["true"], { policy: { files } })).toThrow('"/data" is a folder of the host');
  });

  test("a file of a pool that no job would see is refused", () => {
    expect(createPool({ policy: { files: [content("/tmp/x")] } })).rejects.toThrow(
      'every job of a pool has a "/tmp" of its own',
    );
  });

  test("what only the kernel can tell is an error that names step, path and errno", async () => {
    const shown: FileEntry = { kind: "read-only", source: folder, path: "/data" };
    const cases: readonly (readonly [Partial<Policy>, RegExp])[] = [
      [{ cwd: "/data/nothing", files: [shown] }, /enter folder \/data\/nothing .*ENOENT/],
      [{ cwd: "/data/note", files: [shown] }, /enter folder \/data\/note .*ENOTDIR/],
      [{ files: [shown, { kind: "tmpfs", path: "/data/new" }] }, /make folder \/data\/new .*EROFS/],
    ];
    for (const [policy, message] of cases) {
      const error = await run(["true"], { policy }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(HostError);
      expect(error).toMatchObject({ code: "POLICY_NOT_APPLICABLE", message: expect.stringMatching(message) });
      expect((error as HostError).hints).toHaveLength(1);
    }
  });

  test("a pool says so too, for its root at once and for the working folder of each job", async () => {
    const shown: FileEntry = { kind: "read-only", source: folder, path: "/data" };
    expect(createPool({ policy: { files: [shown, { kind: "tmpfs", path: "/data/new" }] } })).rejects.toMatchObject({
      code: "POLICY_NOT_APPLICABLE",
    });
    await using pool = await createPool({
      module: join(import.meta.dir, "jobs/tasks.ts"),
      policy: { cwd: "/data/nothing", files: [shown] },
    });
    for (const job of [() => pool.execute("add", [1, 2]), () => pool.run(["true"]), () => pool.call("add", [1, 2])])
      expect(Promise.resolve(job())).rejects.toMatchObject({ code: "POLICY_NOT_APPLICABLE" });
  });

  test("where it can be, it is: working folders below a bind and below /tmp of the job", async () => {
    const files: FileEntry[] = [{ kind: "read-only", source: folder, path: "/data" }];
    expect(await text("pwd", { files, cwd: "/data/sub" })).toBe("/data/sub\n");
    expect(await text("pwd", { files: [{ kind: "tmpfs", path: "/work" }], cwd: "/work" })).toBe("/work\n");
    expect(await text("pwd", { cwd: "/usr/bin" })).toBe("/usr/bin\n");
  });
});
