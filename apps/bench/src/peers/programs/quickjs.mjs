// QuickJS in WebAssembly, with a context for each call.
import { expectAnswer, load, serve } from "./serve-lines.mjs";

const { getQuickJS } = await load("quickjs-emscripten");
const quickjs = await getQuickJS();
await serve(async () => {
  const context = quickjs.newContext();
  const result = context.unwrapResult(context.evalCode("19 + 23"));
  expectAnswer(context.getNumber(result));
  result.dispose();
  context.dispose();
});
