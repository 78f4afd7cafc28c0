// SIGKILL of the host, and of what it started, at any moment: nothing is left once the next host has started.
// HUTCH_KILLS=300 makes it a long run.
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const KILLS = Number(process.env["HUTCH_KILLS"] ?? 12);
const DRIVER = join(import.meta.dir, "hosts/kills-hosts.ts");
const root = process.geteuid?.() === 0;
/** Everything that runs in it is ours, so that what other tests start does not count. Not root's user namespace: rights differ. */
const NAMESPACE = [
  "unshare",
  ...(root ? [] : ["--user", "--map-current-user", "--keep-caps"]),
  "--pid",
  "--mount",
  "--fork",
  "--mount-proc",
];

const canTry = Bun.spawnSync([...NAMESPACE, "true"]).success;

describe.skipIf(!canTry)(`a host that is killed, ${KILLS} times (needs a pid namespace of the test's own)`, () => {
  test("leaves no process, mount, cgroup, namespace or file", () => {
    const folder = mkdtempSync(join(tmpdir(), "hutch-kills-"));
    try {
      const argv = [...NAMESPACE, process.execPath, "--conditions=hutch-source", DRIVER, `${KILLS}`];
      const { stdout, stderr } = Bun.spawnSync(argv, { env: { ...process.env, TMPDIR: folder } });
      expect(stderr.toString()).toBe("");
      const { tookLongestMs, workersKilled, ...found } = JSON.parse(stdout.toString());
      console.log(
        `${KILLS} hosts and ${workersKilled} of their processes killed; the last process was gone after ${tookLongestMs} ms at most`,
      );
      expect(found).toEqual({ said: "ok", processes: [], mounts: true, temporary: [], cgroups: [] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 1_800_000);
});
