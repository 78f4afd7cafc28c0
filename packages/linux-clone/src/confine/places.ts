// What lies where in a root while it is planned, so that an entry which cannot be put there is refused before anything runs.

/**
 * - `shown`: a folder of the host; `writable` where the policy says so
 * - `folder`: one of the sandbox's own; `writable` by the job where it is a tmpfs
 * - `file`: `mounted` for one of the host, else one of our own
 * - `link`: followed as the kernel will
 */
export type Place =
  | { readonly kind: "folder"; readonly writable?: true }
  | { readonly kind: "shown"; readonly writable: boolean }
  | { readonly kind: "proc" }
  | { readonly kind: "file"; readonly mounted: boolean }
  | { readonly kind: "link"; readonly target: string };

const MOST_LINKS = 40;

export class Places {
  readonly #at: Map<string, Place> = new Map([["/", { kind: "folder" }]]);

  get(path: string): Place | undefined {
    return this.#at.get(path);
  }

  /** @param path free of links. What a folder covers is gone. */
  set(path: string, place: Place): void {
    if (place.kind === "shown" || place.kind === "proc") this.cover(path);
    this.#at.set(path, place);
  }

  /** Something new is mounted on a folder: what lay below it is out of reach. */
  cover(path: string): void {
    for (const at of this.#at.keys()) if (at.startsWith(`${path}/`)) this.#at.delete(at);
  }

  /** What a path lies in: the nearest mount above it, or the file that is in its way. */
  holder(path: string): { readonly path: string; readonly place: Place } {
    for (let at = parentOf(path); ; at = parentOf(at)) {
      const place = this.#at.get(at);
      if (place !== undefined) return { path: at, place };
    }
  }

  /** A path without the links that are known. @param followLast also where the path itself is one */
  resolve(path: string, followLast: boolean): string {
    let rest = namesOf(path);
    let at = "";
    for (let links = 0; rest.length > 0; ) {
      const [name = "", ...others] = rest;
      const next = name === ".." ? at.slice(0, Math.max(0, at.lastIndexOf("/"))) : `${at}/${name}`;
      const place = this.#at.get(next);
      if (place?.kind === "link" && (others.length > 0 || followLast) && links < MOST_LINKS) {
        links += 1;
        if (place.target.startsWith("/")) at = "";
        rest = [...namesOf(place.target), ...others];
      } else {
        at = next;
        rest = others;
      }
    }
    return at === "" ? "/" : at;
  }
}

/** One slash between names and none at the end: `/data/` and `/data` are one place. */
export function normalPath(path: string): string {
  return `/${namesOf(path).join("/")}`;
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
