// A thread for each call, which is what worker_threads gives without a library.
import { Worker } from "node:worker_threads";
import { expectAnswer, serve } from "./serve-lines.mjs";

const SOURCE = 'require("node:worker_threads").parentPort.postMessage(19 + 23)';

await serve(async () => {
  const worker = new Worker(SOURCE, { eval: true });
  expectAnswer(
    await new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    }),
  );
  await worker.terminate();
});
