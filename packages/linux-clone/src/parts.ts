// Every part of a plan by name. Which comes when: order.ts.
import type { Step } from "@hutch/core";
import { planCapabilities, planInitCapabilities } from "./confine/capabilities.ts";
import { planCgroupMembership } from "./confine/cgroup-membership.ts";
import { planDescriptors, planParkedDescriptors } from "./confine/descriptors.ts";
import { planExecute } from "./confine/execute.ts";
import { planHostName } from "./confine/host-name.ts";
import { planDropIds, planDropInitIds, planIdMapOfClone, planIdMapOfUnshare } from "./confine/id-map.ts";
import { planOomScore, planPriority } from "./confine/inherited-attributes.ts";
import { planInit } from "./confine/init.ts";
import { planLandlock } from "./confine/landlock.ts";
import { planLoopback } from "./confine/loopback.ts";
import { planCgroupNamespace, planUserNamespace } from "./confine/namespaces.ts";
import { planNestedNamespaces } from "./confine/nested-namespaces.ts";
import { planNoNewPrivileges } from "./confine/no-new-privileges.ts";
import { planRlimits } from "./confine/rlimits.ts";
import { planRoot } from "./confine/root.ts";
import { planFatalCalls, planSeccomp } from "./confine/seccomp.ts";
import {
  planAwaitChild,
  planFileModeMask,
  planKeyring,
  planSession,
  planSignals,
  planWorkingFolder,
} from "./confine/session.ts";
import { planTakeTerminal } from "./confine/terminals.ts";
import { planWatchQuotas } from "./confine/watch-quotas.ts";
import { isUnprivileged, type PlanContext } from "./plan-context.ts";

export type PartName =
  | "await-child"
  | "file-mode-mask"
  | "priority"
  | "id-map-of-clone"
  | "keyring"
  | "loopback"
  | "host-name"
  | "root"
  | "out-of-memory-score"
  | "nested-namespaces-of-clone"
  | "watch-quotas-of-clone"
  | "cgroup-membership"
  | "cgroup-namespace"
  | "drop-ids"
  | "user-namespace"
  | "id-map-of-unshare"
  | "nested-namespaces-of-unshare"
  | "watch-quotas-of-unshare"
  | "session"
  | "working-folder"
  | "capabilities"
  | "no-new-privileges"
  | "park-descriptors"
  | "landlock"
  | "descriptors"
  | "take-terminal"
  | "rlimits"
  | "signals"
  | "fatal-calls"
  | "seccomp"
  | "execute"
  | "init-ids"
  | "init-capabilities"
  | "init";

export const PARTS: Readonly<Record<PartName, (context: PlanContext) => Step[]>> = {
  "await-child": planAwaitChild,
  "file-mode-mask": planFileModeMask,
  priority: planPriority,
  "id-map-of-clone": planIdMapOfClone,
  keyring: planKeyring,
  loopback: planLoopback,
  "host-name": planHostName,
  root: planRoot,
  "out-of-memory-score": planOomScore,
  "nested-namespaces-of-clone": (context) => (isUnprivileged(context) ? planNestedNamespaces(context) : []),
  "watch-quotas-of-clone": (context) => (isUnprivileged(context) ? planWatchQuotas(context) : []),
  "cgroup-membership": planCgroupMembership,
  "cgroup-namespace": planCgroupNamespace,
  "drop-ids": planDropIds,
  "user-namespace": planUserNamespace,
  "id-map-of-unshare": planIdMapOfUnshare,
  "nested-namespaces-of-unshare": (context) => (isUnprivileged(context) ? [] : planNestedNamespaces(context)),
  "watch-quotas-of-unshare": (context) => (isUnprivileged(context) ? [] : planWatchQuotas(context)),
  session: planSession,
  "working-folder": planWorkingFolder,
  capabilities: planCapabilities,
  "no-new-privileges": planNoNewPrivileges,
  "park-descriptors": planParkedDescriptors,
  landlock: planLandlock,
  descriptors: planDescriptors,
  "take-terminal": planTakeTerminal,
  rlimits: planRlimits,
  signals: planSignals,
  "fatal-calls": planFatalCalls,
  seccomp: planSeccomp,
  execute: planExecute,
  "init-ids": planDropInitIds,
  "init-capabilities": planInitCapabilities,
  init: planInit,
};
