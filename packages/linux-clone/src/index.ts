// The full backend: namespaces, id maps, a root of its own, no capabilities, resource limits, cgroups. Exports only.
export { linuxClone } from "./backend.ts";
export { CgroupHost } from "./cgroup/cgroup-host.ts";
export type { CpuUse } from "./cgroup/cgroup-part.ts";
export { JobCgroup } from "./cgroup/job-cgroup.ts";
export { type MemoryLevel, openMemoryLevel } from "./cgroup/memory-level.ts";
export { type OpenedCgroups, openCgroups } from "./cgroup/open-cgroups.ts";
export { checkPolicy } from "./check-policy.ts";
export { jobFiles, workerFiles } from "./confine/inherit-root.ts";
export { type HostLayout, NO_LAYOUT, type SourceFacts, type SystemEntry } from "./host-layout.ts";
export { type JobValues, lateBindings, type SupervisedEnds } from "./late-bindings.ts";
export { decodeStatusRecords, parseStatusRecords, type StatusRecords } from "./observe.ts";
export { openInit } from "./open-init.ts";
export { planLaunch } from "./plan.ts";
export { presume } from "./probe/probe.ts";
export { readHostLayout } from "./read-host-layout.ts";
export { supervisedNumbers } from "./seccomp/supervised-calls.ts";
export { parseRssBytes, type TreeUsage, treeUsage } from "./tree-usage.ts";
