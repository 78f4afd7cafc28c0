// Waiting for facts. What never comes is found by the test runner, which says when a test hangs.
import { readdirSync, readlinkSync } from "node:fs";

const PAUSE_MS = 5;
/** What is not closed by then on a machine that stands still for seconds is not going to be. */
const LEAKED_AFTER_MS = 15_000;

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await Bun.sleep(PAUSE_MS);
}

/** What the open descriptors lead to, without numbers. Not those of cgroups, which are kept for the next jobs. */
export function openDescriptors(): readonly string[] {
  return readdirSync("/proc/self/fd")
    .flatMap((fd) => targetOf(fd) ?? [])
    .filter((target) => !target.startsWith("/sys/fs/cgroup/"))
    .map((target) => target.replaceAll(/\d+/g, "N"))
    .sort();
}

/** The one that the folder was read with is closed by now. */
function targetOf(fd: string): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch (error) {
    if ((error as { code: string }).code === "ENOENT") return null;
    throw error;
  }
}

/** Once their number has stayed the same for a while: standbys are made and jobs cleared away behind the caller's back. */
export async function settledDescriptors(): Promise<readonly string[]> {
  let open = openDescriptors();
  for (let same = 0; same < 50; same += 1) {
    await Bun.sleep(PAUSE_MS);
    const now = openDescriptors();
    if (now.length !== open.length) same = 0;
    open = now;
  }
  return open;
}

/** Those that came since and stay open, but for one that the runtime may open for itself. */
export async function leakedSince(before: readonly string[]): Promise<readonly string[]> {
  const startedMs = performance.now();
  for (;;) {
    const added = addedSince(before);
    if (added.length === 0 || performance.now() - startedMs > LEAKED_AFTER_MS) return added;
    await Bun.sleep(PAUSE_MS);
  }
}

function addedSince(before: readonly string[]): readonly string[] {
  const rest = [...before];
  const added = openDescriptors().filter((target) => {
    const at = rest.indexOf(target);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return added.length - rest.length > 1 ? added : [];
}
