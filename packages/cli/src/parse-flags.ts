// Splits the arguments of one command by its row of the table. Values are text here; job-flags.ts gives them a meaning.
import { COMMANDS, type CommandName } from "./option-table.ts";
import { type OptionSpelling, splitArguments } from "./split-arguments.ts";
import { listOf, suggest } from "./suggestion.ts";
import { UsageError } from "./usage-error.ts";

interface GivenOption {
  readonly name: string;
  readonly value: string;
}

export interface Flags {
  readonly command: CommandName;
  /** The last value of an option; undefined when it was not given. */
  value(name: string): string | undefined;
  /** Every option with its value, in the order in which they were given; a switch has the value "". */
  readonly given: readonly GivenOption[];
  has(name: string): boolean;
  readonly operands: readonly string[];
  /** What stood after `--`, untouched. */
  readonly rest: readonly string[];
}

/** @throws UsageError for unknown options, missing values, and a command where none was given */
export function parseFlags(command: CommandName, args: readonly string[]): Flags {
  const row = COMMANDS[command];
  const given: GivenOption[] = [];
  const operands: string[] = [];
  let rest: readonly string[] = [];
  let dashes = false;
  for (const token of splitArguments(row.options, args)) {
    if (token.kind === "rest") {
      dashes = true;
      rest = token.values;
    } else if (token.kind === "operand") {
      operands.push(token.value);
      // Everything after a misplaced command is the command's own: its options are not ours to complain about.
      if (operands.length > row.operands.length) break;
    } else given.push(givenOption(command, token.spelled, token.option, token.value));
  }
  const has = (name: string): boolean => given.some((option) => option.name === name);
  if (!has("help")) checkOperands(command, operands, rest, dashes);
  return {
    command,
    given,
    value: (name) => given.findLast((option) => option.name === name)?.value,
    has,
    operands,
    rest,
  };
}

function givenOption(
  command: CommandName,
  spelled: string,
  option: OptionSpelling | undefined,
  value: string | undefined,
): GivenOption {
  if (option === undefined) throw unknownOption(command, spelled);
  if (option.value === undefined && value !== undefined) throw new UsageError(`${spelled} takes no value`);
  // No value is called so, and the command after it would be taken for something else.
  if (option.value !== undefined && (value === undefined || value === "" || value === "--")) {
    throw new UsageError(`${spelled}: expected ${option.value}`);
  }
  return { name: option.name, value: value ?? "" };
}

function unknownOption(command: CommandName, spelled: string): UsageError {
  const names = COMMANDS[command].options.map(({ name }) => name);
  const meant = spelled.startsWith("--") ? suggest(spelled.slice(2), names, "--") : "";
  return new UsageError(
    `unknown option ${spelled}${meant}`,
    listOf(
      `options of ${command}`,
      names.map((name) => `--${name}`),
    ),
  );
}

function checkOperands(
  command: CommandName,
  operands: readonly string[],
  rest: readonly string[],
  dashes: boolean,
): void {
  const row = COMMANDS[command];
  const extra = operands[row.operands.length];
  if (extra !== undefined) {
    const hint = row.afterDashes === null ? [] : [`put -- before what the job gets: ${row.usage}`];
    throw new UsageError(`unexpected argument "${extra}"`, hint);
  }
  const missing = row.operands[operands.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`, [`usage: ${row.usage}`]);
  if (row.afterDashes === null) {
    if (rest.length > 0) throw new UsageError(`unexpected argument "${rest[0]}"`, [`usage: ${row.usage}`]);
  } else if (row.afterDashes.required && rest.length === 0) {
    const what = dashes ? `${row.afterDashes.name} is missing after --` : `-- and ${row.afterDashes.name} are missing`;
    throw new UsageError(what, [`usage: ${row.usage}`]);
  }
}
