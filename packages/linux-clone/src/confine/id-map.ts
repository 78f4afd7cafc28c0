// Who the job is: one user and one group inside, an unprivileged id outside. Host root is never mapped.
import { type ControlReport, HostError, type Step } from "@hutch/core";
import { PR } from "@hutch/syscall";
import { isUnprivileged, type PlanContext, works } from "../plan-context.ts";
import { step, writeFile } from "../step.ts";

/** User and group inside every sandbox. */
export const INSIDE_ID: number = 1000;
/** Group of init where root launches: another one than the job's, so that the job can not set init's resource limits. */
const INIT_GID = 65534;

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
  return isUnprivileged(context) ? planIdMap(context) : [];
}

export function planIdMapOfUnshare(context: PlanContext): Step[] {
  return isUnprivileged(context) ? [] : planIdMap(context);
}

/** From root to the ids outside. @throws HostError when those are root's */
export function planDropIds(context: PlanContext): Step[] {
  const { ids, privileged } = context.request;
  if (!privileged) return [];
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
    step(
      "keep dumpable",
      "prctl",
      [PR.SET_DUMPABLE, dumpable, 0, 0, 0],
      "memory is still the caller's; a change of ids cleared it, which would give /proc/self to root",
    ),
  ];
}

export function reportIds(context: PlanContext): ControlReport {
  const { ids, privileged } = context.request;
  const why = privileged
    ? `user ${INSIDE_ID} inside, user ${ids.uid} outside, which owns nothing`
    : `user ${INSIDE_ID} inside, the launching user outside, no other id`;
  return { name: "unprivileged-ids", state: "enforced", why };
}
