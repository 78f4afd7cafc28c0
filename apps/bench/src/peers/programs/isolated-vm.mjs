// A V8 isolate for each call, in this process.
import { expectAnswer, load, serve } from "./serve-lines.mjs";

const { default: ivm } = await load("isolated-vm");
await serve(async () => {
  const isolate = new ivm.Isolate({ memoryLimit: 32 });
  const context = await isolate.createContext();
  expectAnswer(await context.eval("19 + 23"));
  isolate.dispose();
});
