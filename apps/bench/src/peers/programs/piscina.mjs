// A warm thread of a pool: no isolation between calls.
import { expectAnswer, load, serve } from "./serve-lines.mjs";

const { default: Piscina } = await load("piscina");
const pool = new Piscina({ filename: new URL("./add.mjs", import.meta.url).href, minThreads: 1, maxThreads: 1 });
await serve(async () => expectAnswer(await pool.run({ a: 19, b: 23 })));
