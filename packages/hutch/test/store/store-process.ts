// A process of its own that uses a store until it is killed: obtains modules, some of which it finds, some of which it writes.
import { checkStore, openStore, type Store } from "../../src/store/artifact-store.ts";
import { moduleOf, preparationOf } from "./preparation.ts";

const [folder = "", names = "", maxBytes = ""] = process.argv.slice(2);
const store = checkStore(openStore({ folder, maxBytes: Number(maxBytes) })) as Store;
for (let turn = 0; ; turn += 1) {
  const name = names.split(",")[Math.floor(Math.random() * names.split(",").length)] ?? "";
  const module = moduleOf(name, 200_000);
  const { manifest } = await store.obtain(preparationOf(module));
  const { problem, repaired } = store.stats();
  // Nobody damages files here: one that had to be repaired was seen half-written.
  if (problem !== null || repaired > 0 || manifest.sizeBytes !== module.byteLength)
    throw new Error(`${name}: ${problem?.message}, ${repaired} repaired`);
  if (turn === 5) console.log("works");
}
