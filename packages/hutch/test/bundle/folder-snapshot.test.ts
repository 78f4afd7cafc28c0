import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileEntry } from "@hutch/core";
import { takeSnapshot } from "../../src/bundle/folder-snapshot.ts";

let parent = "";
let folder = "";
beforeEach(() => {
  parent = realpathSync(mkdtempSync(join(tmpdir(), "hutch-test-")));
  folder = join(parent, "root");
  write("tasks.ts", "export const one = 1;");
  write("lib/deep/helper.ts", "\ufeffexport const nul = '\0';");
  symlinkSync("../lib", join(folder, "lib/again"));
});
afterEach(() => rmSync(parent, { recursive: true }));

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), content);
}

const files = (): readonly FileEntry[] => takeSnapshot(folder, "/app")?.files() ?? [];
const paths = (): readonly string[] => files().map(({ path }) => path);
const checksum = (): string | undefined => takeSnapshot(folder, "/app")?.checksum;

describe("takeSnapshot()", () => {
  test("has the text of all files and the targets of links, in one order", () => {
    expect(files()).toEqual([
      { kind: "symlink", path: "/app/lib/again", target: "../lib" },
      { kind: "content", path: "/app/lib/deep/helper.ts", content: "\ufeffexport const nul = '\0';" },
      { kind: "content", path: "/app/tasks.ts", content: "export const one = 1;" },
    ]);
  });

  test("has the same checksum for the same tree, wherever and whenever it was written", () => {
    const before = checksum();
    utimesSync(join(folder, "tasks.ts"), 1000, 1000);
    renameSync(folder, join(parent, "moved"));
    folder = join(parent, "moved");
    expect(checksum()).toBe(String(before));
  });

  test.each([
    ["a file's text", () => write("tasks.ts", "export const one = 2;")],
    ["a file's name", () => renameSync(join(folder, "tasks.ts"), join(folder, "tusks.ts"))],
    ["where a file is", () => renameSync(join(folder, "tasks.ts"), join(folder, "lib/tasks.ts"))],
    ["a new file", () => write("package.json", "{}")],
    [
      "where the text of one ends and the next begins",
      () => write("tasks.ts/../lib/deep/helper.ts", "\ufeffexport const"),
    ],
    [
      "a link's target",
      () => {
        rmSync(join(folder, "lib/again"));
        symlinkSync("../tasks.ts", join(folder, "lib/again"));
      },
    ],
    [
      "a file in a link's place",
      () => {
        rmSync(join(folder, "lib/again"));
        write("lib/again", "../lib");
      },
    ],
  ] as const)("has another checksum for %s", (_, change) => {
    const before = checksum();
    change();
    expect(checksum()).not.toBe(before);
  });

  test("follows no link, waits for no pipe, and leaves out what is not imported", () => {
    writeFileSync(join(parent, "secret"), "secret of the host");
    symlinkSync("../secret", join(folder, "file"));
    symlinkSync("..", join(folder, "above"));
    Bun.spawnSync(["mkfifo", join(folder, "pipe")]);
    using _socket = Bun.listen({ unix: join(folder, "socket"), socket: { data() {} } });
    write("binary.png", Uint8Array.of(0xff, 0xfe, 0));
    write("types.d.ts", "export type One = 1;");
    write("tasks.js.map", "{}");
    expect(JSON.stringify(files())).not.toContain("secret of");
    expect(paths()).toEqual(["/app/above", "/app/file", "/app/lib/again", "/app/lib/deep/helper.ts", "/app/tasks.ts"]);
  });

  test("does not read what a link leads to that was put in the folder's place", () => {
    renameSync(folder, join(parent, "moved"));
    symlinkSync("moved", folder);
    expect(checksum).toThrow("ELOOP");
  });

  test("leaves out what the job's user may not read", () => {
    // Jobs of root are another user; everybody else's may read what their owner may.
    const hidden = process.getuid?.() === 0 ? 0o600 : 0o000;
    write("hidden.ts", "");
    write("closed/inside.ts", "");
    chmodSync(join(folder, "hidden.ts"), hidden);
    chmodSync(join(folder, "closed"), process.getuid?.() === 0 ? 0o700 : 0o000);
    try {
      expect(paths()).toEqual(["/app/lib/again", "/app/lib/deep/helper.ts", "/app/tasks.ts"]);
    } finally {
      chmodSync(join(folder, "closed"), 0o755);
    }
  });

  test("is none of a folder with too much or too many in it, or too deep a one", () => {
    write(`${"deep/".repeat(61)}file.ts`, "");
    expect(takeSnapshot(folder, "/app")).not.toBeNull();
    write(`${"deep/".repeat(63)}file.ts`, "");
    expect(takeSnapshot(folder, "/app")).toBeNull();
    rmSync(join(folder, "deep"), { recursive: true });
    write("large.ts", new Uint8Array(13 * 2 ** 20).fill(32));
    expect(takeSnapshot(folder, "/app")).toBeNull();
    rmSync(join(folder, "large.ts"));
    expect(takeSnapshot(folder, "/app")).not.toBeNull();
    for (let index = 0; index < 3001; index++) write(`many/${index}`, "");
    expect(takeSnapshot(folder, "/app")).toBeNull();
  });
});
