import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostError, loadPolicy } from "../src/index.ts";

let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "hutch-test-")));
  mkdirSync(join(folder, "base"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};

describe("loadPolicy()", () => {
  test("reads a file and what it extends, with relative paths from the file that they stand in", () => {
    write("base/base.json", {
      extends: "strict",
      root: "rootfs",
      files: [{ kind: "read-only", source: "data", path: "/data" }],
      env: { A: "1", B: "1" },
    });
    const path = write("policy.json", {
      $schema: "policy.schema.json",
      description: "for a test",
      extends: ["./base/base.json", "agent"],
      files: [
        { kind: "overlay", source: "../work", path: "/work" },
        { kind: "read-write", source: "/abs", path: "/abs" },
      ],
      env: { B: "2" },
    });
    const { files, env, root, cwd, limits, ...rest } = loadPolicy(path);
    expect(rest).toEqual({ terminal: true, unixSockets: "pairs" });
    expect([root, cwd]).toEqual([`${folder}/base/rootfs`, "/workspace"]);
    expect(env).toMatchObject({ A: "1", B: "2", GIT_CONFIG_COUNT: "1" });
    expect(limits).toMatchObject({ cpuMs: 300_000, processes: 512 });
    expect(files?.map((entry) => ("source" in entry ? entry.source : entry.path))).toEqual([
      "/tmp",
      "/dev/shm",
      `${folder}/base/data`,
      "/workspace",
      `${folder}/../work`,
      "/abs",
    ]);
    symlinkSync(path, join(folder, "base/link.json"));
    expect(loadPolicy(join(folder, "base/link.json"))).toEqual(loadPolicy(path));
  });

  const cases: readonly (readonly [content: unknown, message: string])[] = [
    ["{", "it is not JSON"],
    ["[]", 'Cannot use the policy: expected an object (in "'],
    [{ netwrok: "none" }, 'Cannot use option "policy.netwrok": it is not known; did you mean "network"? (in "'],
    [
      { supervise: { calls: { mkdir: "allow" } } },
      'Cannot use policy.supervise.calls.mkdir = "allow": expected a function (call) => answer, which no policy in a file can hold (in "',
    ],
    [{ supervise: { conect: [] } }, 'did you mean "connect"? (in "'],
    [{ limits: { memory: 1 } }, 'did you mean "memoryBytes"? (in "'],
    [{ extends: 1 }, "Cannot use policy.extends: expected the name of a preset or the path of a file"],
    [{ extends: { network: "none" } }, "Cannot use policy.extends: expected the name of a preset"],
    [{ cwd: "tmp" }, 'Cannot use policy.cwd = "tmp": expected an absolute path'],
    [{ limits: { cpuMs: 0 } }, "Cannot use policy.limits.cpuMs = 0"],
    [{ extends: "self.json" }, "more than 16 files extend each other"],
  ];
  test.each(cases)("refuses %j and names the file", (content, message) => {
    const path = write("self.json", content);
    expect(() => loadPolicy(path)).toThrow(message);
    expect(() => loadPolicy(path)).toThrow(path);
  });

  test("names the innermost file, once", () => {
    write("base/wrong.json", { nope: 1 });
    const outer = write("outer.json", { extends: "base/wrong.json" });
    expect(() => loadPolicy(outer)).toThrow(/it is not known \(in "[^"]*base\/wrong\.json"\)$/);
  });

  test("a file that is not there is an error with the presets as a hint", () => {
    const error = (() => {
      try {
        return loadPolicy("strct");
      } catch (reason) {
        return reason;
      }
    })();
    expect(error).toBeInstanceOf(HostError);
    expect(error).toMatchObject({
      code: "HOST_FAILURE",
      message: 'Cannot read the policy "strct": there is no such file',
    });
    expect((error as HostError).hints[0]).toContain('did you mean "strict"?');
  });
});
