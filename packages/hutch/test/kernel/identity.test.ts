// As root every job and worker has a user of its own on the machine. Whoever is not root can give its jobs nobody else's.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { leaseHostIds } from "../../src/host-ids.ts";
import { createPool, run } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";

const HOST = join(import.meta.dir, "hosts/holds-ids.ts");
const module = join(import.meta.dir, "jobs/tasks.ts");
const asRoot = describe.skipIf(process.geteuid?.() !== 0);
const ID_MAP = ["awk", "{print $2, $3}", "/proc/self/uid_map", "/proc/self/gid_map"];

describe("leaseHostIds()", () => {
  test("gives 1,000 different ids at once, none of them root's, a user's, or a container's", () => {
    using stack = new DisposableStack();
    const ids = Array.from({ length: 1000 }, () => stack.use(leaseHostIds()).ids.uid);
    expect(new Set(ids).size).toBe(1000);
    expect(Math.min(...ids)).toBeGreaterThanOrEqual(0x7000_0000);
    expect(Math.max(...ids)).toBeLessThan(0x7ffe_0000);
  });

  test("never gives what another process holds, and a killed one holds nothing", async () => {
    const hosts = Array.from({ length: 4 }, () =>
      Bun.spawn([process.execPath, "--conditions=hutch-source", HOST], { stdin: "pipe", stdout: "pipe" }),
    );
    try {
      const told = await Promise.all(hosts.map(async ({ stdout }) => (await stdout.getReader().read()).value));
      const ids = told.flatMap((bytes) => JSON.parse(new TextDecoder().decode(bytes)) as number[]);
      expect(ids.length).toBe(1200);
      expect(new Set(ids).size).toBe(1200);
      // The claims are visible to everybody, so that a second host can not miss them.
      const blocks = new Set(ids.map((id) => id - (id % 256)));
      const held = (): number[] => [...blocks].filter((block) => names().includes(`@hutch-ids-${block}`));
      expect(held().length).toBe(blocks.size);
      for (const host of hosts) host.kill("SIGKILL");
      await Promise.all(hosts.map((host) => host.exited));
      expect(held()).toEqual([]);
    } finally {
      for (const host of hosts) host.kill("SIGKILL");
    }
  });
});

function names(): string[] {
  return readFileSync("/proc/net/unix", "utf8")
    .split("\n")
    .map((line) => line.split(/\s+/)[7] ?? "");
}

asRoot("as root", () => {
  test("commands that run at the same time have different users, and no one of them root's", async () => {
    const ends = await Promise.all(Array.from({ length: 4 }, () => run(ID_MAP)));
    const maps = ends.map((end) => end.text().trim().split("\n"));
    const outside = maps.flat().map((line) => line.split(" ").map(Number));
    // A job sees the outside of its map as the namespace above has it, which is the machine's.
    for (const [id = 0, count] of outside) expect([id >= 0x7000_0000, count]).toEqual([true, 1]);
    expect(new Set(maps.map(([uid]) => uid)).size).toBe(4);
  });

  test("two pools have different users", async () => {
    await using first = await createPool<typeof tasks>({ module });
    await using second = await createPool<typeof tasks>({ module });
    const why = async (pool: typeof first): Promise<string> => {
      const { report } = await pool.execute("add", [1, 2]);
      return report.isolation.controls.find(({ name }) => name === "unprivileged-ids")?.why ?? "";
    };
    const [one, two] = [await why(first), await why(second)];
    expect(one).toMatch(/user 1[89]\d{8} outside|user 2\d{9} outside/);
    expect(two).not.toBe(one);
  });
});

describe("inside", () => {
  test("groups can not be set, and there is no other id to change to", async () => {
    const script = `cat /proc/self/setgroups
      setpriv --clear-groups echo set 2>&1; setpriv --groups 0 echo set 2>&1
      setpriv --reuid 0 echo changed 2>&1; setpriv --regid 0 --keep-groups echo changed 2>&1`;
    const lines = (await run(["/bin/sh", "-c", script])).text().trim().split("\n");
    expect([lines[0], lines.length]).toEqual(["deny", 5]);
    for (const line of lines.slice(1)) expect(line).toMatch(/: (Operation not permitted|Invalid argument)$/);
  });
});
