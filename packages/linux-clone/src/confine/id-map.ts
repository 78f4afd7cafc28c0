// Who the job is: one user and one group inside, or a range of them; outside an unprivileged id. Host root is never mapped.
import { type ControlReport, HostError, type Step } from "@hutch/core";
import { CLONE, PR } from "@hutch/syscall";
import { isUnprivileged, type PlanContext, works } from "../plan-context.ts";
import { step, writeFile } from "../step.ts";

/** User and group inside every sandbox. */
export const INSIDE_ID: number = 1000;
/** Group of init where root launches: another one than the job's, so that the job can not set init's resource limits. */
const INIT_GID = 65534;

/** The job begins as this one where its policy gives it a range: only root may change between ids. */
const INSIDE_ROOT = 0;

export function hasRange({ request }: PlanContext): boolean {
  return request.policy.ids === "range";
}

/** Maps the single ids. The new namespace's first process writes its own maps, which needs no right in the old one. */
export function planIdMap(context: PlanContext): Step[] {
  if (!works(context, "user-namespace")) return [];
  const { uid, gid } = context.request.ids;
  return [
    ...writeFile(
      "deny setgroups",
      "/proc/self/setgroups",
      "deny",
      "the kernel wants it before an unprivileged group map",
    ),
    ...writeFile(
      "write user id map",
      "/proc/self/uid_map",
      `${INSIDE_ID} ${uid} 1\n`,
      "one user, so there is none to change to",
    ),
    ...writeFile(
      "write group id map",
      "/proc/self/gid_map",
      `${INSIDE_ID} ${gid} 1\n`,
      "one group, so there is none to change to",
    ),
  ];
}

export function planIdMapOfClone(context: PlanContext): Step[] {
  if (!isUnprivileged(context)) return [];
  return hasRange(context) ? planAwaitedMap() : planIdMap(context);
}

export function planIdMapOfUnshare(context: PlanContext): Step[] {
  return isUnprivileged(context) || hasRange(context) ? [] : planIdMap(context);
}

/**
 * A range is written from outside, by programs that may (newuidmap(1)). Whoever launches says when that is done, or is gone: then
 * no map is there, and taking the ids fails.
 */
function planAwaitedMap(): Step[] {
  const name = "await id map";
  return [
    step(name, "close", [{ late: "idMapHost" }], "the launcher's end: else this process would wait for itself", {
      detail: "launcher's end",
    }),
    step(name, "read", [{ late: "idMap" }, { bytes: new Uint8Array(1) }, 1], "a range is the machine owner's to give"),
    ...takeIds(),
  ];
}

/** Fails without a map: there is no such id then. */
function takeIds(): Step[] {
  const name = "take ids";
  return [
    step(name, "setgroups", [0, 0], "the launcher's further groups open files that the job must not"),
    step(name, "setresgid", [INSIDE_ROOT, INSIDE_ROOT, INSIDE_ROOT], "root of its own groups"),
    step(name, "setresuid", [INSIDE_ROOT, INSIDE_ROOT, INSIDE_ROOT], "root of its own users, outside nobody"),
  ];
}

/**
 * Root launches: the namespace was made and mapped before, because who is in it may not map a range. ORDER: root joins it, since
 * nobody else may, and is without rights outside from then on.
 */
export function planJoinedNamespace(): Step[] {
  return [
    step(
      "join user namespace",
      "setns",
      [{ late: "mappedNamespace" }, CLONE.NEWUSER],
      "what the job may become counts in here only",
      { detail: "with a range of ids" },
    ),
    ...takeIds(),
    keepDumpable(1),
  ];
}

/** From root to the ids outside. @throws HostError when those are root's */
export function planDropIds(context: PlanContext): Step[] {
  const { ids, privileged } = context.request;
  if (!privileged || hasRange(context)) return [];
  if (ids.uid === 0 || ids.gid === 0)
    throw new HostError("HOST_FAILURE", "Cannot plan the launch: a job must not have root's ids");
  return dropTo(ids.uid, ids.gid, 1);
}

/** The same for process 1, which keeps root's rights until the last moment: the job must not be able to touch it before. */
export function planDropInitIds(context: PlanContext): Step[] {
  const { ids, privileged } = context.request;
  if (!privileged) return [];
  return dropTo(ids.uid, ids.gid === INIT_GID ? INIT_GID - 1 : INIT_GID, { late: "dumpable" });
}

function dropTo(uid: number, gid: number, dumpable: Step["args"][number]): Step[] {
  return [
    step("drop groups", "setgroups", [0, 0], "root's further groups open files that others can not"),
    step("drop to host ids", "setresgid", [gid, gid, gid], "the group first: it needs the rights of the user"),
    step("drop to host ids", "setresuid", [uid, uid, uid], "an id that owns nothing on this machine"),
    keepDumpable(dumpable),
  ];
}

function keepDumpable(dumpable: Step["args"][number]): Step {
  return step(
    "keep dumpable",
    "prctl",
    [PR.SET_DUMPABLE, dumpable, 0, 0, 0],
    "memory is still the caller's; a change of ids cleared it, which would give /proc/self to root",
  );
}

export function reportIds(context: PlanContext): ControlReport {
  const { ids, privileged } = context.request;
  const name = "unprivileged-ids";
  if (hasRange(context)) {
    const root = privileged ? `${ids.uid}, the first of 65536 that own nothing` : "the launching user";
    return { name, state: "enforced", why: `65536 users inside; their root is outside ${root}` };
  }
  const why = privileged
    ? `user ${INSIDE_ID} inside, user ${ids.uid} outside, which owns nothing`
    : `user ${INSIDE_ID} inside, the launching user outside, no other id`;
  return { name, state: "enforced", why };
}
