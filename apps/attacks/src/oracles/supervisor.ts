// O3: this process has the descriptors, the memory and the prototypes that it had.
import { readdirSync, readlinkSync } from "node:fs";

const MiB = 2 ** 20;
/** What the output of one job may leave to a collector that has not come by yet. */
const MOST_GROWTH = 96 * MiB;

export interface Supervisor {
  readonly descriptors: readonly string[];
  readonly rssBytes: number;
}

/** Descriptors by what they lead to, without numbers. Not those of cgroups, which are kept for the next jobs. */
export function lookAtSupervisor(): Supervisor {
  const descriptors = readdirSync("/proc/self/fd")
    .flatMap((fd) => targetOf(fd) ?? [])
    .filter((target) => !target.startsWith("/sys/fs/cgroup/"))
    .map((target) => target.replaceAll(/\d+/g, "N"))
    .sort();
  return { descriptors, rssBytes: process.memoryUsage.rss() };
}

/** @param most descriptors that may have come; one may be the runtime's own, and a standby that was not there yet has four */
export function findGrowth(before: Supervisor, most = 5): readonly string[] {
  const now = lookAtSupervisor();
  const problems: string[] = [];
  if (now.descriptors.length > before.descriptors.length + most) {
    const rest = [...before.descriptors];
    const added = now.descriptors.filter((target) => {
      const at = rest.indexOf(target);
      if (at >= 0) rest.splice(at, 1);
      return at < 0;
    });
    problems.push(`O3: ${added.length} descriptors more: ${added.join(", ")}`);
  }
  const polluted = [Object.prototype, Array.prototype].flatMap((prototype) => Object.keys(prototype));
  if (polluted.length > 0) problems.push(`O3: prototypes of this process have ${polluted.join(", ")}`);
  if (now.rssBytes - before.rssBytes > MOST_GROWTH) {
    Bun.gc(true);
    const grownBytes = process.memoryUsage.rss() - before.rssBytes;
    if (grownBytes > MOST_GROWTH) problems.push(`O3: ${Math.round(grownBytes / MiB)} MiB of memory more`);
  }
  return problems;
}

function targetOf(fd: string): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // The one that the folder was read with is closed by now.
    return null;
  }
}
