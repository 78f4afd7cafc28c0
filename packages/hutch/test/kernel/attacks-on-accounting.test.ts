// Processor time that is used where it might not be counted. With cgroups the kernel counts, elsewhere the host goes through the
// tree; each program here is ended for its CPU time in both.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/index.ts";

const WAYS = {
  thread: "in a thread, after the first one ended",
  session: "in another session, by a grandchild whose parent ended",
  vfork: "in a child that has its parent's memory, while that waits",
  "silent-child": "in a child that tells nobody of its end",
  sibling: "in a child that is made a child of its grandparent",
  reaper: "below a process that takes process 1's place as the parent of orphans",
  "child-of-thread": "in a child of a thread that is not the first",
  relay: "in many processes, each for some milliseconds",
  stopped: "below a process that stopped itself",
  secret: "in a process that nobody may look into",
  "odd-name": "under a name with the marks that /proc puts around it",
  execute: "in a process that executes itself again and again",
} as const;
const compiler = Bun.which("gcc");

describe.skipIf(compiler === null)(`CPU time${compiler === null ? " (needs gcc)" : ""}`, () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
    chmodSync(folder, 0o755);
    const source = join(import.meta.dir, "jobs/burn.c");
    const built = Bun.spawnSync([compiler ?? "", "-O1", "-pthread", "-o", join(folder, "burn"), source]);
    expect(built.stderr.toString()).toBe("");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(Object.entries(WAYS))("%s: %s", async (way) => {
    const files = [{ kind: "read-only", source: folder, path: "/attack" }] as const;
    // Of the time that others leave it: a busy machine lets it wait for long.
    const limits = { cpuMs: 200, wallMs: 60_000 };
    const { verdict, report } = await run(["/attack/burn", way], { limits, policy: { files } });
    expect(verdict).toMatchObject({ status: "cpu-limit", blame: "job" });
    expect(report.usage.cpuMs).toBeGreaterThanOrEqual(200);
  });
});
