// What was probably meant by a name that is not known, and the names that are.
import { closestMatch } from "leven";
import { USUAL_COLUMNS, wrap } from "./report/wrap.ts";

/** How far a misspelled name may be from the one that was meant, in letters. */
const MOST_DISTANCE = 2;
const HINT_INDENT = 2;

/** `; did you mean --memory?`, or nothing where no name is near. @param dashes in front of every name, for the message */
export function suggest(given: string, known: readonly string[], dashes = ""): string {
  const short = known.find((name) => given.length > 1 && name.startsWith(given));
  const maxDistance = Math.min(MOST_DISTANCE, Math.ceil(given.length / 2));
  const nearest = short ?? closestMatch(given, known, { maxDistance });
  return nearest === undefined ? "" : `; did you mean ${dashes}${nearest}?`;
}

/** All of them as hints. */
export function listOf(what: string, names: readonly string[]): readonly string[] {
  return wrap(`${what}: ${names.join(", ")}`, USUAL_COLUMNS - HINT_INDENT);
}
