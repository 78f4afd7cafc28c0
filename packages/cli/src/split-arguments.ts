// Splits arguments into options, operands and what follows `--`, as node:util's parseArgs does. Loading that costs a sixth
// of what a whole short run may cost; the tests hold this against it.

export interface OptionSpelling {
  readonly name: string;
  readonly short?: string;
  /** Present when the option takes a value. */
  readonly value?: string;
}

export type ArgumentToken =
  /** `spelled` is what was typed: `--cpu`, `-o`. A missing value is undefined; an unknown option has no `option`. */
  | {
      readonly kind: "option";
      readonly spelled: string;
      readonly option: OptionSpelling | undefined;
      readonly value: string | undefined;
    }
  | { readonly kind: "operand"; readonly value: string }
  | { readonly kind: "rest"; readonly values: readonly string[] };

export function splitArguments(options: readonly OptionSpelling[], args: readonly string[]): readonly ArgumentToken[] {
  const tokens: ArgumentToken[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? "";
    if (argument === "--") {
      tokens.push({ kind: "rest", values: args.slice(at + 1) });
      break;
    }
    if (argument === "-" || !argument.startsWith("-")) {
      tokens.push({ kind: "operand", value: argument });
      continue;
    }
    const found = argument.startsWith("--") ? [splitLong(options, argument)] : splitShort(options, argument);
    const last = found.at(-1);
    if (last?.option?.value !== undefined && last.value === undefined && at + 1 < args.length) {
      at += 1;
      found[found.length - 1] = { ...last, value: args[at] };
    }
    tokens.push(...found);
  }
  return tokens;
}

type OptionToken = Extract<ArgumentToken, { kind: "option" }>;

function splitLong(options: readonly OptionSpelling[], argument: string): OptionToken {
  const equals = argument.indexOf("=", 3);
  const spelled = equals < 0 ? argument : argument.slice(0, equals);
  const option = options.find(({ name }) => `--${name}` === spelled);
  return { kind: "option", spelled, option, value: equals < 0 ? undefined : argument.slice(equals + 1) };
}

/** `-q`, `-qh`, `-o FILE` and `-oFILE`. */
function splitShort(options: readonly OptionSpelling[], argument: string): OptionToken[] {
  const tokens: OptionToken[] = [];
  for (let at = 1; at < argument.length; at += 1) {
    const spelled = `-${argument[at]}`;
    const option = options.find(({ short }) => short !== undefined && `-${short}` === spelled);
    const rest = argument.slice(at + 1);
    const takesRest = option?.value !== undefined && rest !== "";
    tokens.push({ kind: "option", spelled, option, value: takesRest ? rest : undefined });
    if (takesRest) break;
  }
  return tokens;
}
