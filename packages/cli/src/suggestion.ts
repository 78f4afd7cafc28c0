// What was probably meant by a name that is not known, and the names that are.
import { nearestName } from "hutch";
import { USUAL_COLUMNS, wrap } from "./report/wrap.ts";

const HINT_INDENT = 2;

/** `; did you mean --memory?`, or nothing where no name is near. @param dashes in front of every name, for the message */
export function suggest(given: string, known: readonly string[], dashes = ""): string {
  const nearest = nearestName(given, known);
  return nearest === undefined ? "" : `; did you mean ${dashes}${nearest}?`;
}

/** All of them as hints. */
export function listOf(what: string, names: readonly string[]): readonly string[] {
  return wrap(`${what}: ${names.join(", ")}`, USUAL_COLUMNS - HINT_INDENT);
}
