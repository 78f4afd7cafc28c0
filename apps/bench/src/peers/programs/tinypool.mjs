// A pool that gives each call a thread of its own.
import { expectAnswer, load, serve } from "./serve-lines.mjs";

const { default: Tinypool } = await load("tinypool");
const filename = new URL("./add.mjs", import.meta.url).href;
const pool = new Tinypool({ filename, minThreads: 1, maxThreads: 1, isolateWorkers: true });
await serve(async () => expectAnswer(await pool.run({ a: 19, b: 23 })));
