// A process of its own that prepares one artifact with a store and says what became of it.
import { checkStore, openStore, type Store } from "../../src/store/artifact-store.ts";
import { moduleOf, preparationOf } from "./preparation.ts";

const [folder = "", sizes = ""] = process.argv.slice(2);
const store = checkStore(openStore({ folder })) as Store;
const given: number[] = [];
for (const size of sizes.split(",").map(Number)) {
  const { manifest } = await store.obtain(preparationOf(moduleOf(`of ${size} bytes`, size)));
  given.push(manifest.sizeBytes);
}
const { problem, ...stats } = store.stats();
console.log(JSON.stringify({ given, ...stats, code: problem?.code, problem: problem?.message }));
