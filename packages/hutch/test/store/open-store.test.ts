import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostError } from "@hutch/core";
import { checkStore, openStore } from "../../src/store/artifact-store.ts";
import type { StoreOptions } from "../../src/store/store-options.ts";

let parent = "";
let folder = "";
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "hutch-test-"));
  folder = join(parent, "store");
});
afterEach(() => rmSync(parent, { recursive: true }));

describe("openStore()", () => {
  const refusal = (): HostError => {
    try {
      openStore({ folder }).close();
    } catch (error) {
      return error as HostError;
    }
    throw new Error("it was opened");
  };

  // ORDER: the mask would take the rights away again.
  const makeFolder = (mode: number): void => {
    mkdirSync(folder);
    chmodSync(folder, mode);
  };

  test("refuses a folder that others may write to, a link, a file, and one that cannot be made", () => {
    const cases: readonly (readonly [string, () => void])[] = [
      ["others may write to it (mode 770)", () => makeFolder(0o770)],
      ["others may write to it (mode 707)", () => makeFolder(0o707)],
      ["ENOTDIR, it is no folder, or a link to one", () => symlinkSync(parent, folder)],
      ["EEXIST, it is no folder, or a link that leads nowhere", () => symlinkSync("nowhere", folder)],
      ["EEXIST, it is no folder, or a link that leads nowhere", () => writeFileSync(folder, "")],
    ];
    for (const [why, make] of cases) {
      make();
      const { code, message, hints } = refusal();
      expect({ code, message }).toEqual({
        code: "STORE_UNUSABLE",
        message: `Cannot use the store "${folder}": ${why}`,
      });
      expect(hints).toHaveLength(1);
      rmSync(folder, { recursive: true });
    }
    folder = "/proc/self/store";
    expect(refusal()).toMatchObject({ code: "STORE_UNUSABLE" });
  });

  test("refuses a folder of another user, and one that this user may not write to", () => {
    // Root may write everywhere, and only root can give a folder away.
    if (process.getuid?.() !== 0) {
      mkdirSync(folder, { mode: 0o500 });
      expect(refusal().message).toEndWith(": EACCES");
      folder = "/";
      expect(refusal().message).toContain(`it belongs to user 0, and this process is user ${process.getuid?.()}`);
      return;
    }
    mkdirSync(folder);
    Bun.spawnSync(["chown", "4242", folder]);
    expect(refusal().message).toEndWith("it belongs to user 4242, and this process is user 0");
  });

  test("names wrong options", () => {
    for (const [options, message] of [
      [{}, "Cannot use folder = undefined: expected the path of a folder"],
      [{ folder: "" }, 'Cannot use folder = "": expected the path of a folder'],
      [{ folder, maxByte: 1 }, 'Cannot use option "maxByte": it is not known; did you mean "maxBytes"?'],
      [{ folder, maxBytes: 0 }, "Cannot use maxBytes = 0: expected a whole number from 1"],
      [{ folder, tries: 0.5 }, "Cannot use tries = 0.5: expected a whole number from 1"],
    ] as const)
      expect(() => openStore(options as unknown as StoreOptions)).toThrow(message);
    expect(() => checkStore({})).toThrow('Cannot use option "store": expected what openStore() returns');
    expect(existsSync(folder)).toBe(false);
  });
});
