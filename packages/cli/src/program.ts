// Every command. Loaded only when it was asked for: a short run pays for nothing else.

import { endWith, print } from "./end-with.ts";
import { COMMAND_NAMES, type CommandName } from "./option-table.ts";
import { type Flags, parseFlags } from "./parse-flags.ts";
import { suggest } from "./suggestion.ts";
import { UsageError } from "./usage-error.ts";
import { inWordsOfFlags } from "./words-of-flags.ts";

type Command = (flags: Flags) => Promise<number>;

/** `run` is a program of its own: main.ts. `bench` takes its own options. */
const LOAD: Readonly<Record<Exclude<CommandName, "run" | "bench">, () => Promise<Command>>> = {
  exec: async () => (await import("./commands/exec.ts")).execCommand,
  prepare: async () => (await import("./commands/prepare.ts")).prepareCommand,
  doctor: async () => (await import("./commands/doctor.ts")).doctorCommand,
  explain: async () => (await import("./commands/explain.ts")).explainCommand,
};

async function dispatch(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--help" || name === "-h" || name === "help") {
    const asked = COMMAND_NAMES.find((command) => command === rest[0]);
    return await print((await import("./help.ts")).helpFor(asked ?? null));
  }
  if (name === "--version" || name === "-V") return await print((await import("./version-line.ts")).versionLine());
  if (name === undefined) throw new UsageError("a command is missing", [COMMANDS_HINT, HELP_HINT]);
  const command = COMMAND_NAMES.find((known) => known === name);
  if (command === undefined || command === "run") {
    const kind = name.startsWith("-") ? "option" : "command";
    throw new UsageError(`unknown ${kind} "${name}"${suggest(name, COMMAND_NAMES)}`, [COMMANDS_HINT, HELP_HINT]);
  }
  if (command === "bench") return await bench(rest);
  const flags = parseFlags(command, rest);
  if (flags.has("help")) return await print((await import("./help.ts")).helpFor(command));
  const start = await LOAD[command]();
  try {
    return await start(flags);
  } catch (error) {
    throw inWordsOfFlags(error, flags, process.cwd());
  }
}

async function bench(args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) return await print((await import("./help.ts")).helpFor("bench"));
  return await (await import("./commands/bench.ts")).benchCommand(args);
}

const COMMANDS_HINT = `commands: ${COMMAND_NAMES.join(", ")}`;
const HELP_HINT = "help: sandbox-cli --help";

export const ended: Promise<never> = endWith(dispatch);
