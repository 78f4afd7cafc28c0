// The help texts, made from the table of commands and options.
import { COMMAND_NAMES, COMMANDS, type CommandName, type OptionRow } from "./option-table.ts";

const COLUMN = 28;

/** null: the whole program. */
export function helpFor(command: CommandName | null): string {
  return command === null ? programHelp() : commandHelp(command);
}

function commandHelp(name: CommandName): string {
  const command = COMMANDS[name];
  const examples = command.examples.map(([line, meaning]) => `  ${line}\n      ${meaning}`);
  return [
    `Usage: ${command.usage}`,
    `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`,
    `Options:\n${command.options.map(optionLine).join("\n")}`,
    ...command.notes,
    `Examples:\n${examples.join("\n")}`,
  ].join("\n\n");
}

function optionLine({ name, short, value, help, repeated }: OptionRow): string {
  const spelled = `  ${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
  const gap = spelled.length < COLUMN + 2 ? spelled.padEnd(COLUMN + 2) : `${spelled}\n${" ".repeat(COLUMN + 2)}`;
  return `${gap}${help}${repeated ? "; repeatable" : ""}`;
}

function programHelp(): string {
  const commands = COMMAND_NAMES.map((name) => `  ${name.padEnd(9)} ${COMMANDS[name].summary}`);
  return `Usage: sandbox-cli COMMAND [options]

Run code that nobody trusts in a kernel sandbox with hard limits.

Commands:
${commands.join("\n")}

Options:
  -h, --help     print this help; sandbox-cli COMMAND --help for one command
  -V, --version  print the versions of sandbox-cli, Bun and the kernel

Examples:
  sandbox-cli run -- python3 -c 'print(6*7)'
  sandbox-cli run --cpu 1s --memory 64MiB --report report.json -- ./untrusted
  sandbox-cli exec task.ts --input '{"n": 42}'
  sandbox-cli doctor`;
}
