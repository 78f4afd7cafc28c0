// What every program of a peer has in common: it says "ready", and answers each line with the milliseconds that one turn took.
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

/** A package of the folder that the bench named, not of where this file lies. */
export async function load(name) {
  const require = createRequire(join(process.argv[2], "package.json"));
  return await import(pathToFileURL(require.resolve(name)).href);
}

/**
 * @param turn gets the line; what it throws is the answer
 * @param end tidies up
 * @param introduction one line: what it runs in its turn
 */
export async function serve(turn, end = () => {}, introduction = "") {
  console.log(`ready ${introduction.replaceAll("\n", " ")}`.trimEnd());
  for await (const line of createInterface({ input: process.stdin })) {
    const started = performance.now();
    try {
      await turn(line);
      console.log(String(performance.now() - started));
    } catch (error) {
      console.log(`error ${String(error?.message ?? error).replaceAll("\n", " ")}`);
    }
  }
  await end();
  process.exit();
}

export function expectAnswer(value) {
  if (value !== 42) throw new Error(`the answer was ${value}, expected 42`);
}
