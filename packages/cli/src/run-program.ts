// sandbox-cli run alone: the short runs are of this command, and a program without the others starts in half the time.
import { runCommand } from "./commands/run.ts";
import { endWith, print } from "./end-with.ts";
import { parseFlags } from "./parse-flags.ts";
import { inWordsOfFlags } from "./words-of-flags.ts";

export const ended: Promise<never> = endWith(async ([, ...args]) => {
  const flags = parseFlags("run", args);
  if (flags.has("help")) return await print((await import("./help.ts")).helpFor("run"));
  try {
    return await runCommand(flags);
  } catch (error) {
    throw inWordsOfFlags(error, flags, process.cwd());
  }
});
