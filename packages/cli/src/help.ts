// The help texts, made from the table of commands and options.
import { COMMAND_NAMES, COMMANDS, type CommandName, EXIT_STATUS_NOTE, type OptionRow } from "./option-table.ts";
import { USUAL_COLUMNS, wrap } from "./report/wrap.ts";

/** Where what an option means begins. */
const COLUMN = 30;

/** null: the whole program. */
export function helpFor(command: CommandName | null): string {
  return command === null ? programHelp() : commandHelp(command);
}

function commandHelp(name: CommandName): string {
  const command = COMMANDS[name];
  const examples = command.examples.flatMap(([line, meaning]) => [`  ${line}`, ...wrap(meaning, USUAL_COLUMNS, 6)]);
  return [
    `Usage: ${command.usage}`,
    paragraph(`${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`),
    `Options:\n${command.options.map(optionLine).join("\n")}`,
    ...command.notes.map(paragraph),
    `Examples:\n${examples.join("\n")}`,
  ].join("\n\n");
}

function optionLine({ name, short, value, help, repeated }: OptionRow): string {
  const spelled = `  ${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
  const [first = "", ...rest] = wrap(`${help}${repeated ? "; repeatable" : ""}`, USUAL_COLUMNS, COLUMN);
  // Two spaces at least between an option and what it means.
  const head = spelled.length <= COLUMN - 2 ? [spelled.padEnd(COLUMN) + first.trimStart()] : [spelled, first];
  return [...head, ...rest].join("\n");
}

function paragraph(text: string): string {
  return wrap(text, USUAL_COLUMNS).join("\n");
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
  sandbox-cli run --cpu 1s --memory 64MiB --ro . --cwd "$PWD" -- ./program
  sandbox-cli exec task.ts --input '{"n": 42}'
  sandbox-cli doctor

${paragraph(EXIT_STATUS_NOTE)}`;
}
