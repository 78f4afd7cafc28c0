// From what a command did to our exit status, and the end of this process.
import { describeFailure } from "./failures.ts";
import { isBrokenPipe, openOut } from "./write-out.ts";

const EXIT_BROKEN_PIPE = 141;

/** A line on stdout. @returns the exit status */
export async function print(text: string): Promise<number> {
  await openOut(1).write(`${text}\n`);
  return 0;
}

/** @param command gets the arguments of this process and gives its exit status */
export async function endWith(command: (args: readonly string[]) => Promise<number>): Promise<never> {
  // ORDER: process.exit does not wait for a job's stream that somebody still holds open.
  process.exit(await statusOf(command));
}

async function statusOf(command: (args: readonly string[]) => Promise<number>): Promise<number> {
  try {
    return await command(process.argv.slice(2));
  } catch (error) {
    if (isBrokenPipe(error)) return EXIT_BROKEN_PIPE;
    const { exitStatus, text } = describeFailure(error);
    try {
      await openOut(2).write(text);
    } catch (cause) {
      // Nobody reads our stderr: the exit status is all that is left to say.
      if (!isBrokenPipe(cause)) throw cause;
    }
    return exitStatus;
  }
}
