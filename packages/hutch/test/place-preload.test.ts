import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { placePreload, preloadFiles } from "../src/place-preload.ts";

describe("placePreload()", () => {
  let project = "";
  let store = "";
  /** A project in a folder that jobs have anew is shown elsewhere. */
  let prefix = "";
  beforeAll(() => {
    project = realpathSync(mkdtempSync(join(tmpdir(), "hutch-test-")));
    prefix = project.startsWith("/tmp/") ? "/preload" : "";
    // As isolated installs lay it out: the package lies in a store, its name is a link.
    store = join(project, "node_modules/.store/parser@1.0.0/node_modules/parser");
    mkdirSync(join(store, "lib/esm"), { recursive: true });
    writeFileSync(join(store, "package.json"), '{ "name": "parser", "main": "lib/esm/index.js" }');
    writeFileSync(join(store, "lib/esm/package.json"), '{ "type": "module" }');
    writeFileSync(join(store, "lib/esm/index.js"), "export {};");
    symlinkSync(store, join(project, "node_modules/parser"));
    writeFileSync(join(project, "warm.ts"), "export {};");
  });
  afterAll(() => rmSync(project, { recursive: true }));

  test("shows a package with its whole node_modules and under its name", () => {
    const specifier = pathToFileURL(join(project, "node_modules/parser/lib/esm/index.js")).href;
    expect(placePreload(specifier, null)).toEqual({
      path: `${prefix}${store}/lib/esm/index.js`,
      files: [
        { kind: "read-only", source: join(project, "node_modules"), path: `${prefix}${project}/node_modules` },
        { kind: "symlink", path: "/node_modules/parser", target: `${prefix}${store}` },
      ],
    });
  });

  test("shows a file with its folder", () => {
    expect(placePreload(join(project, "warm.ts"), null)).toEqual({
      path: `${prefix}${project}/warm.ts`,
      files: [{ kind: "read-only", source: project, path: `${prefix}${project}` }],
    });
  });

  test("what lies in the module's root is where the module sees it", () => {
    const root = { folder: project, path: "/app" };
    expect(placePreload(join(project, "node_modules/parser"), root)).toEqual({
      path: "/app/node_modules/.store/parser@1.0.0/node_modules/parser/lib/esm/index.js",
      files: [],
    });
  });

  test("packages of one node_modules show it once", () => {
    const placed = placePreload(join(project, "node_modules/parser"), null);
    expect(preloadFiles([placed, placed])).toEqual([...placed.files]);
  });

  test.each(["no-such-package", "./no-such-file.ts", "node:fs"])(
    "refuses %s with a TypeError that names it",
    (specifier) => {
      expect(() => placePreload(specifier, null)).toThrow(`Cannot preload "${specifier}"`);
      expect(() => placePreload(specifier, null)).toThrow(TypeError);
    },
  );
});
