// Attacks by namespaces, capabilities and ids.
import { NAMESPACES as NEEDED } from "../needs.ts";
import type { Scenario } from "../scenario.ts";

export const NAMESPACES: readonly Scenario[] = [
  {
    name: "nested-namespace",
    from: ["N1", "N2", "F7", "P7"],
    does: "makes every kind of namespace, by unshare and by clone, to have rights in it",
    control: "seccomp",
    program: "nested-namespace.c",
    // ENOSPC: no user namespace below the job's own is allowed.
    behind: { syscalls: "off" },
    openly: { by: "bare", needs: [NEEDED] },
  },
];
