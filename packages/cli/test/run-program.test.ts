// A short run is fast only while it loads little: node:crypto alone takes as long as a whole job.
import { expect, test } from "bun:test";
import { join } from "node:path";

const BUILTIN = /\brequire\("((?:node:)?(?!bun:)[a-z_]+(?:\/[a-z_]+)?)"\)/g;

test("sandbox-cli run needs none of Node's modules but for --report and for a line about a failure", async () => {
  // As the build does: what hutch has beside run() is not in it.
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, "../src/run-program.ts")],
    target: "bun",
    format: "cjs",
    conditions: ["hutch-source"],
    define: { "import.meta.resolve": "require.resolve" },
  });
  const text = (await built.outputs[0]?.text()) ?? "";
  // report-file.ts and style.ts, which are loaded when they are wanted.
  expect([...text.matchAll(BUILTIN)].map(([, name]) => name).sort()).toEqual(["fs", "fs", "path"]);
});
