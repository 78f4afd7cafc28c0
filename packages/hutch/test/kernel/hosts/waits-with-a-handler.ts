// Runs a command whose call a handler never answers, and says how to find it as soon as the handler was asked.
import { run } from "../../../src/index.ts";

const marker = `/tmp/${Math.random()}`;
const handler = async (): Promise<"allow"> => {
  process.stdout.write(`${marker}\n`);
  return await new Promise(() => {});
};
const calls = process.arch === "x64" ? { mkdir: handler, mkdirat: handler } : { mkdirat: handler };
await run(["/bin/mkdir", marker], {
  limits: { wallMs: 600_000 },
  policy: { supervise: { calls, answerMs: 600_000 } },
});
