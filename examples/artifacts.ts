// Keeps prepared code in a folder: a module that was validated once, and a pool's module bundled with what it imports.
//   bun install && bun --conditions=hutch-source examples/artifacts.ts
// That is in a clone; "bun" is "npx --yes bun@1.4.5" where it is not installed.
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ArtifactStore, createPool, openStore, prepare } from "hutch";

const folder = join(await mkdtemp(join(tmpdir(), "hutch-example-")), "artifacts");
const upperWasm = await Bun.file(new URL("./untrusted/upper.wasm", import.meta.url)).bytes();
const show = (store: ArtifactStore, what: string): void => {
  const { hits, prepared, joined, repaired } = store.stats();
  console.log(`${what}: ${prepared} prepared, ${hits} found, ${joined} joined, ${repaired} repaired`);
};

try {
  {
    using store = openStore({ folder, maxBytes: 64 * 2 ** 20 });
    await using pool = await createPool({ store });
    // Five callers want the same one, and wait for one job.
    await Promise.all(Array.from({ length: 5 }, () => pool.prepare(upperWasm)));
    show(store, "five callers");
  }

  // Another process, or the same program tomorrow: nothing is started for what is there.
  using store = openStore({ folder });
  await prepare(upperWasm, { store });
  show(store, "next start");

  // A damaged file is noticed, removed and prepared again.
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), "no artifact");
  await prepare(upperWasm, { store });
  show(store, "damaged");

  // A function module is bundled in a sandbox of its own. Jobs load the bundle, and see nothing else of the folder.
  const options = { module: new URL("./untrusted/text-report.ts", import.meta.url), bundle: true, store };
  for (const start of ["first", "second"]) {
    await using pool = await createPool<typeof import("./untrusted/text-report.ts")>(options);
    const { words } = await pool.call("default", [`the ${start} start of a pool`]);
    console.log(`${start} start: ${words} words`);
  }
  show(store, "bundled");
} finally {
  rmSync(join(folder, ".."), { recursive: true });
}
