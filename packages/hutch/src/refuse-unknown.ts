// Names of options that are none, with the one that was probably meant: also where it is one of the policy or the limits.
import { DEFAULT_LIMITS, DEFAULT_POLICY, suggest } from "@hutch/core";

const LIMIT_NAMES = Object.keys(DEFAULT_LIMITS);
const POLICY_NAMES = Object.keys(DEFAULT_POLICY);

/** What other libraries call it. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  timeout: "limits.wallMs",
  timeoutMs: "limits.wallMs",
  memory: "limits.memoryBytes",
  maxBuffer: "limits.outputBytes",
  input: "stdin",
};

/** @throws TypeError for what is no object, or the first option that is not known, with the nearest that is */
export function refuseUnknown(options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`Cannot use ${String(options)} as options: expected an object`);
  for (const name of Object.keys(options))
    if (!known.includes(name)) throw new TypeError(`Cannot use option "${name}": it is not known${meant(name, known)}`);
}

function meant(name: string, known: readonly string[]): string {
  const elsewhere = placeOf(name);
  if (elsewhere !== undefined && (elsewhere.includes(".") || known.includes(elsewhere)))
    return `; did you mean "${elsewhere}"?`;
  return suggest(name, known);
}

function placeOf(name: string): string | undefined {
  if (POLICY_NAMES.includes(name)) return `policy.${name}`;
  if (LIMIT_NAMES.includes(name)) return `limits.${name}`;
  return Object.hasOwn(ELSEWHERE, name) ? ELSEWHERE[name] : undefined;
}
