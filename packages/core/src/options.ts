// Turns a schema's complaints into the two errors that callers get for wrong options: TypeError for a wrong shape,
// RangeError for a wrong value. Nothing has been started when they are thrown.
import * as v from "valibot";
import { nearestName } from "./nearest-name.ts";

const RANGE_ISSUES: ReadonlySet<string> = new Set(["integer", "min_value", "max_value", "finite", "safe_integer"]);

const MAX_SHOWN = 100;

function describe(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (value === null || typeof value !== "object") return String(value);
  return Array.isArray(value) ? "an array" : "an object";
}

/** A schema's own words where it has some; otherwise what valibot calls the type, such as `string` or `("none" | "host")`. */
function expectation(issue: v.BaseIssue<unknown>): string {
  if (!issue.message.startsWith("Invalid ")) return issue.message;
  return issue.expected?.replaceAll("Object", "an object").replaceAll("Array", "an array") ?? issue.message;
}

/** `; did you mean "network"?`, or nothing where no name is near. */
export function suggest(given: string, known: readonly string[]): string {
  const nearest = nearestName(given, known);
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`;
}

const lastKey = (issue: v.BaseIssue<unknown>): string => String(issue.path?.at(-1)?.key ?? "");

/** A schema as far as its keys matter. */
interface Keyed {
  readonly literal?: unknown;
  readonly entries?: Readonly<Record<string, Keyed>>;
  readonly item?: Keyed;
  readonly wrapped?: Keyed;
  readonly options?: readonly Keyed[];
}

/** What an object may be where the last item of the path was refused. */
function objectsAt(schema: v.GenericSchema, path: readonly { readonly key: unknown }[]): readonly Keyed[] {
  let at: readonly Keyed[] = alternatives(schema as unknown as Keyed);
  for (const { key } of path.slice(0, -1)) {
    at = at.flatMap((here) => alternatives(typeof key === "number" ? here.item : here.entries?.[String(key)]));
  }
  return at;
}

const keysOf = (objects: readonly Keyed[]): string[] => [
  ...new Set(objects.flatMap(({ entries }) => Object.keys(entries ?? {}))),
];

/** Why a key is refused, with the one that was meant: only keys that an object of this kind has. */
function complaint(schema: v.GenericSchema, issue: v.BaseIssue<unknown>): string {
  const key = lastKey(issue);
  const objects = objectsAt(schema, issue.path ?? []);
  const given = issue.path?.at(-1)?.input;
  const kind: unknown = typeof given === "object" && given !== null && "kind" in given ? given.kind : undefined;
  const ofKind = kind === undefined ? objects : objects.filter(({ entries }) => entries?.["kind"]?.literal === kind);
  if (keysOf(objects).includes(key)) return `kind ${describe(kind)} does not have it`;
  return `it is not known${suggest(key, keysOf(ofKind))}`;
}

const isUnknownKey = (issue: v.BaseIssue<unknown>): boolean =>
  issue.type === "strict_object" && issue.expected === "never";

const isMissingKey = (issue: v.BaseIssue<unknown>): boolean =>
  issue.type === "strict_object" && issue.input === undefined && issue.expected === JSON.stringify(lastKey(issue));

const pathOf = (items: readonly { readonly key: unknown }[] = []): string =>
  items.map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");

const parentOf = ({ path }: v.BaseIssue<unknown>): string => pathOf(path?.slice(0, -1));

/** The first issue; where it is a key that is missing, what may be that key with a slip in it. */
function chooseIssue(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): v.BaseIssue<unknown> {
  const [first, ...others] = issues;
  if (!isMissingKey(first)) return first;
  return others.find((issue) => isUnknownKey(issue) && parentOf(issue) === parentOf(first)) ?? first;
}

function alternatives(schema: Keyed | undefined): Keyed[] {
  if (schema === undefined) return [];
  if (schema.wrapped !== undefined) return alternatives(schema.wrapped);
  if (schema.options !== undefined && typeof schema.options[0] === "object")
    return schema.options.flatMap(alternatives);
  return [schema];
}

/**
 * @param name what the caller calls the value, for the message: `limits`, `policy.files[0]`
 * @throws TypeError or RangeError that names the option, what was expected and what was received
 */
export function parseOptions<T>(name: string, schema: v.GenericSchema<unknown, T>, given: unknown): T {
  // An array has the shape of an object whose keys are all optional.
  if (schema.type === "strict_object" && Array.isArray(given))
    throw new TypeError(`Cannot use ${name} = an array: expected an object`);
  const result = v.safeParse(schema, given);
  if (result.success) return result.output;
  const issue = chooseIssue(result.issues);
  const where = `${name}${pathOf(issue.path)}`;
  if (isUnknownKey(issue))
    throw new TypeError(`Cannot use option "${where}": ${complaint(schema, issue)}`, { cause: issue });
  if (isMissingKey(issue))
    throw new TypeError(`Cannot use ${name}${parentOf(issue)}: "${lastKey(issue)}" is missing`, { cause: issue });
  const message = `Cannot use ${where} = ${describe(issue.input)}: expected ${expectation(issue)}`;
  throw RANGE_ISSUES.has(issue.type)
    ? new RangeError(message, { cause: issue })
    : new TypeError(message, { cause: issue });
}
