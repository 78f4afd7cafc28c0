// What the option `bundle` of a pool asks for, and what it does not go with.
import type { FileEntry } from "@hutch/core";
import type { PlacedPreload } from "../place-preload.ts";

export interface BundlePlan {
  /** The entry of the policy that shows the module's folder. */
  readonly shown: Extract<FileEntry, { readonly kind: "read-only" }>;
  /** Names that are imported in the job, because they are preloaded. */
  readonly external: readonly string[];
}

const PACKAGES = "/node_modules/";

/**
 * @param given the option
 * @param shown null where jobs are not shown a module's folder
 * @throws TypeError that says why there is nothing to bundle, or what would be missing
 */
export function planBundle(
  given: unknown,
  shown: BundlePlan["shown"] | null,
  preload: readonly PlacedPreload[],
): BundlePlan | null {
  if (given === undefined || given === false) return null;
  if (given !== true) throw new TypeError(`Cannot use bundle = ${String(given)}: expected true or false`);
  if (shown === null)
    throw new TypeError(
      "Cannot use bundle = true: it takes a module, and a backend with a root of its own, which posix-fork has not",
    );
  const inside = preload.find(({ path }) => path.startsWith(`${shown.path}/`));
  if (inside !== undefined)
    throw new TypeError(
      `Cannot use bundle = true with the preloaded "${inside.path}": it is in the module's folder, which jobs do not see then; move it out of there`,
    );
  return { shown, external: preload.flatMap(namesOf) };
}

/** A preloaded module is imported by its path, or by the name of its package. */
function namesOf({ path, files }: PlacedPreload): readonly string[] {
  const links = files.filter((entry) => entry.kind === "symlink" && entry.path.startsWith(PACKAGES));
  return [path, ...links.map((link) => link.path.slice(PACKAGES.length))];
}
