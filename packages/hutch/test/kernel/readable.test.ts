import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool, run } from "../../src/index.ts";

describe("what the job's user may not read", () => {
  let folder = "";
  let module = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
    mkdirSync(join(folder, "sub"));
    module = join(folder, "sub/task.ts");
    writeFileSync(module, "export const one = () => 1;");
    for (const path of [folder, join(folder, "sub")]) chmodSync(path, 0o755);
    chmodSync(module, 0o644);
  });
  afterEach(() => {
    for (const path of [folder, join(folder, "sub")]) chmodSync(path, 0o755);
    rmSync(folder, { recursive: true });
  });

  test("is refused as a bind source, by its path and with what to do", async () => {
    chmodSync(module, 0);
    const file = { kind: "read-only", source: module, path: "/data" } as const;
    expect(() => run(["true"], { policy: { files: [file] } })).toThrow(
      `policy.files[0].source = "${module}": the job's user may not read it; show a copy of it in a folder of its own`,
    );
    chmodSync(folder, 0);
    const policy = { files: [{ kind: "read-only", source: folder, path: "/data" }] } as const;
    expect(() => run(["true"], { policy })).toThrow(
      `policy.files[0].source = "${folder}": the job's user may not enter it; show a copy of it`,
    );
    expect(createPool({ policy })).rejects.toThrow("may not enter it");
    expect((await run(["true"])).ok).toBe(true);
  });

  test("is refused as a module, its folder, or one on the way to it", async () => {
    chmodSync(module, 0);
    expect(createPool({ module })).rejects.toThrow(`module = "${module}": the job's user may not read it`);
    chmodSync(module, 0o644);
    chmodSync(join(folder, "sub"), process.getuid?.() === 0 ? 0o700 : 0o600);
    const refused = expect(createPool({ module, root: folder })).rejects;
    if (process.getuid?.() === 0) refused.toThrow(`root = "${join(folder, "sub")}": the job's user may not enter it`);
    else refused.toThrow(TypeError);
  });

  test("later is told from what is not there", async () => {
    await using pool = await createPool<{ one: () => number }>({ module });
    expect(await pool.call("one", [])).toBe(1);
    chmodSync(module, 0);
    expect((await pool.execute("one", [])).verdict).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/Cannot read the module "\/app\/task.ts": EACCES.*chmod o\+rX/),
    });
    rmSync(module);
    expect((await pool.execute("one", [])).verdict.reason).toContain('Cannot find the module "/app/task.ts"');
  });
});
