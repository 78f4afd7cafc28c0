// Whether this user, who is not root, can have a range of ids: what the machine's owner gave, and the programs that may map it.
import { geteuid, readText } from "@hutch/syscall";
import { isRealRoot } from "./real-root.ts";
import { RANGE_IDS, rangeOf, readSubordinateIds } from "./subordinate-ids.ts";

export type OwnRange =
  | {
      readonly kind: "range";
      readonly newuidmap: string;
      readonly newgidmap: string;
      readonly users: number;
      readonly groups: number;
    }
  | { readonly kind: "none"; readonly why: string; readonly fix: string };

/** Set-user-id programs, which a caller's PATH does not choose. */
const FOLDERS = "/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin";

export function ownRange(): OwnRange {
  const [newuidmap, newgidmap] = ["newuidmap", "newgidmap"].map((name) => Bun.which(name, { PATH: FOLDERS }));
  if (newuidmap == null || newgidmap == null)
    return {
      kind: "none",
      why: "newuidmap and newgidmap are not installed, and only they may map ids for who is not root",
      fix: "apt install uidmap (Fedora: dnf install shadow-utils)",
    };
  const owners = ownersHere();
  const given = readSubordinateIds();
  const [users, groups] = [given.users, given.groups].map((ranges) => rangeOf(ranges, owners, RANGE_IDS - 1));
  if (users == null || groups == null)
    return {
      kind: "none",
      why: `/etc/sub${users == null ? "u" : "g"}id gives user ${owners[0]} no ${RANGE_IDS - 1} ids in a row`,
      fix: `usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${owners[0]}`,
    };
  return { kind: "range", newuidmap, newgidmap, users, groups };
}

/** The files name a user by either: the name first, where /etc/passwd has one. */
function ownersHere(): string[] {
  const uid = `${geteuid()}`;
  const entry = readText("/etc/passwd")
    .split("\n")
    .find((line) => line.split(":")[2] === uid);
  const [name] = entry?.split(":") ?? [];
  return name === undefined ? [uid] : [name, uid];
}

/** For doctor: one sentence. */
export function describeRange(): string {
  if (isRealRoot()) return `${RANGE_IDS} for each command that wants them, used by nobody else`;
  const own = ownRange();
  return own.kind === "range" ? `${RANGE_IDS}, by newuidmap and newgidmap` : `none: ${own.why}. Fix: ${own.fix}`;
}
