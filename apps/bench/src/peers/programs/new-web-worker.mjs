// A thread for each call, as Bun and browsers have it.
import { expectAnswer, serve } from "./serve-lines.mjs";

const ANSWER = new URL("./answer.mjs", import.meta.url);

await serve(async () => {
  const worker = new Worker(ANSWER);
  expectAnswer(
    await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
    }),
  );
  worker.terminate();
});
