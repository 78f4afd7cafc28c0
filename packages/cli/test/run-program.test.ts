// A short run is fast only while it loads little: node:crypto alone takes as long as a whole job.
import { expect, test } from "bun:test";
import { join } from "node:path";

const BUILTIN = /\brequire\("((?:node:)?(?!bun:)[a-z_]+(?:\/[a-z_]+)?)"\)/g;

test("sandbox-cli run imports none of Node's modules, also not where only --report or a failure wants them", async () => {
  // As the build does: what hutch has beside run() is not in it.
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, "../src/run-program.ts")],
    target: "bun",
    format: "cjs",
    conditions: ["hutch-source"],
    define: { "import.meta.resolve": "require.resolve" },
  });
  const text = (await built.outputs[0]?.text()) ?? "";
  // A bundle's imports are done at its start, also those of a module that is loaded when it is wanted.
  expect([...text.matchAll(BUILTIN)].map(([, name]) => name)).toEqual([]);
  // What import() or require() leads to is wrapped, with all that it imports. If that is hutch, a start takes 1.5 ms longer.
  expect(text).toContain("var init_help = __esm(");
  expect(text).not.toMatch(/^var init_src\d* = __esm\(/m);
});
