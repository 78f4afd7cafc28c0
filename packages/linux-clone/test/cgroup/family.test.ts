import { expect, test } from "bun:test";
import { isFamily } from "../../src/cgroup/family.ts";

test("isFamily() knows this process with those above and below it, and nobody who is in neither line", async () => {
  const child = Bun.spawn(["sleep", "60"]);
  const other = Bun.spawnSync(["/bin/sh", "-c", "sleep 60 </dev/null >/dev/null 2>&1 & echo $!"]).stdout.toString();
  const orphan = Number(other);
  try {
    expect(isFamily([process.pid])).toBe(true);
    expect(isFamily([process.ppid, process.pid, child.pid])).toBe(true);
    expect(isFamily([child.pid, process.pid])).toBe(true);
    expect(isFamily([process.pid, orphan])).toBe(false);
    // Whoever is gone is in no line.
    expect(isFamily([process.pid, 2 ** 22 + 1])).toBe(false);
  } finally {
    process.kill(orphan, "SIGKILL");
    child.kill("SIGKILL");
    await child.exited;
  }
});
