// Which of the known names was probably meant by one that is not known.
import { closestMatch } from "leven";

/** How far a misspelled name may be from the one that was meant, in letters. */
const MOST_DISTANCE = 2;

/** The one that starts with what was given, or else the nearest, in any case of letters; undefined where none is near. */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  const short = known.find((name) => given.length > 1 && name.toLowerCase().startsWith(given.toLowerCase()));
  const maxDistance = Math.min(MOST_DISTANCE, Math.ceil(given.length / 2));
  return short ?? closestMatch(given, known, { maxDistance });
}
