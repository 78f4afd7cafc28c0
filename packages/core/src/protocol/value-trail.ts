// Where in a value the writer is, and the error that says so: `args[0].onDone`.
import { HostError } from "../errors.ts";

/** A property's name, an array's index, or a step that is written as it is. */
export type Key = string | number | { readonly step: string };

export interface Trail {
  /** What the caller calls the value. */
  readonly name: string;
  /** From the outside to the inside, one for each of `ancestors`. */
  readonly keys: Key[];
  readonly ancestors: object[];
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const MAX_SHOWN_STEPS = 12;

const HINT =
  "Values can be null, undefined, booleans, numbers, bigints, text, Uint8Array and other typed arrays, ArrayBuffer, Date, Map, Set, Error, arrays and plain objects of these";

/** @throws HostError VALUE_NOT_ENCODABLE, always */
export function refuse({ name, keys }: Trail, why: string): never {
  const steps = keys.slice(0, MAX_SHOWN_STEPS).map(showStep).join("");
  const rest = keys.length > MAX_SHOWN_STEPS ? "…" : "";
  throw new HostError("VALUE_NOT_ENCODABLE", `Cannot encode ${name}${steps}${rest}: ${why}`, { hints: [HINT] });
}

/** One level of the path; `Map`'s keys that are no text or number are shown by their type. */
export function mapStep(key: unknown): Key {
  const isShown = typeof key === "number" || typeof key === "boolean" || typeof key === "bigint";
  return { step: `.get(${typeof key === "string" ? quote(key) : isShown ? String(key) : typeof key})` };
}

function showStep(key: Key): string {
  if (typeof key === "object") return key.step;
  if (typeof key === "number") return `[${key}]`;
  return IDENTIFIER.test(key) ? `.${key}` : `[${quote(key)}]`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
