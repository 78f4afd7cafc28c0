import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Limits, parseLimits } from "@hutch/core";
import { call } from "@hutch/syscall";
import type { CgroupHost } from "../../src/cgroup/cgroup-host.ts";
import { delegatedFolder } from "../../src/cgroup/delegation.ts";
import { findHierarchies } from "../../src/cgroup/find-hierarchies.ts";
import { openCgroups } from "../../src/cgroup/open-cgroups.ts";
import { foldersIn } from "../../src/cgroup/remove-folder.ts";
import { openSubtree, reclaimSubtrees } from "../../src/cgroup/subtree.ts";
import { PRIVILEGED, sh } from "../sandbox.ts";
import { describeInSandbox } from "./need-sandbox.ts";

const MIB = 2 ** 20;
const opened = openCgroups();
const host: CgroupHost | null = opened.kind === "open" ? opened.host : null;
afterAll(() => host?.close());

const membership = (): string => readFileSync("/proc/self/cgroup", "utf8");
const parents = (): string[] =>
  findHierarchies(membership(), readFileSync("/proc/self/mountinfo", "utf8")).map((tree) =>
    delegatedFolder(tree.folder),
  );
const ours = (): string[] =>
  parents().flatMap((parent) => foldersIn(parent).filter((name) => name.startsWith(`hutch-${process.pid}-`)));

describeInSandbox("openCgroups", () => {
  test("says why and what to do where this process may make none", () => {
    if (opened.kind === "open") expect(opened.host.procsPerJob).toBeGreaterThan(0);
    else expect([opened.why.length > 10, opened.fix.includes("Delegate=yes")]).toEqual([true, true]);
  });
});

describe("reclaimSubtrees()", () => {
  test("leaves another user's left-overs alone and goes on", () => {
    const parent = mkdtempSync(join(tmpdir(), "hutch-test-"));
    mkdirSync(join(parent, "hutch-1-left/job-1"), { recursive: true });
    chmodSync(join(parent, "hutch-1-left"), 0o755);
    chmodSync(parent, 0o555);
    try {
      // As somebody else for the file system only: the kernel then takes root's rights over files away, too.
      if (PRIVILEGED) call("setfsuid", 4242);
      expect(() => reclaimSubtrees(parent)).not.toThrow();
    } finally {
      if (PRIVILEGED) call("setfsuid", 0);
      chmodSync(parent, 0o755);
      rmSync(parent, { recursive: true, force: true });
    }
  });
});

// Without cgroups there is nothing to test; REQUIRE_CGROUPS=1 makes that a failure.
const describeWithCgroups: typeof describeInSandbox =
  host === null && process.env["REQUIRE_CGROUPS"] !== "1"
    ? (title) => test.skip(`${title}: ${opened.kind === "open" ? "" : opened.why}`, () => {})
    : describeInSandbox;

describeWithCgroups("JobCgroup", () => {
  const inCgroup = (
    script: string,
    limits: Partial<Limits>,
  ): { run: ReturnType<typeof sh>; cgroup: ReturnType<CgroupHost["create"]> } => {
    if (host === null) throw new Error("no cgroups here");
    const complete = parseLimits({ cpuMs: 60_000, ...limits });
    const cgroup = host.create(complete);
    const run = sh(script, { limits: complete, cgroups: cgroup.procs });
    return { run, cgroup };
  };

  test("counts CPU time of everything that ran in it, also of what nobody waited for", () => {
    // The loop has used more than 30 ms when it says that it has come far.
    const loop = "i=0; while :; do i=$((i+1)); [ $i = 200000 ] && : > /tmp/far; done";
    const started = performance.now();
    const { cgroup } = inCgroup(
      `(trap '' CHLD; (${loop}) & while [ ! -e /tmp/far ]; do sleep 0.01; done; : > /tmp/over) & while [ ! -e /tmp/over ]; do sleep 0.01; done; exit 0`,
      { cpuMs: 20_000 },
    );
    const { userMicros, systemMicros } = cgroup.cpu();
    expect(userMicros + systemMicros).toBeGreaterThan(30_000);
    const everyProcessor = (performance.now() - started) * availableParallelism();
    expect((userMicros + systemMicros) / 1000).toBeLessThan(everyProcessor);
    cgroup.remove();
  });

  test("ends what takes more memory than allowed, and says so", () => {
    const { run, cgroup } = inCgroup("head -c 100000000 /dev/zero | tail -c 100000000 > /dev/null", {
      memoryBytes: 32 * MIB,
    });
    expect(cgroup.oomKills()).toBeGreaterThan(0);
    expect(cgroup.peakMemoryBytes()).toBeLessThanOrEqual(32 * MIB);
    expect(cgroup.peakMemoryBytes()).toBeGreaterThan(24 * MIB);
    expect(run.exit).not.toEqual({ kind: "exited", code: 0 });
    cgroup.remove();
  });

  test("files in /tmp count as memory", () => {
    const { cgroup } = inCgroup("head -c 20000000 /dev/zero > /tmp/f", { memoryBytes: 64 * MIB });
    expect(cgroup.peakMemoryBytes()).toBeGreaterThan(19 * MIB);
    cgroup.remove();
  });

  test("refuses more processes than allowed, and counts how many there were", () => {
    const { run, cgroup } = inCgroup("for i in 1 2 3 4 5 6 7 8; do sleep 60 & done", { processes: 4 });
    expect(run.stderr).toMatch(/fork/i);
    expect(cgroup.processRefusals()).toBeGreaterThan(0);
    expect(cgroup.peakProcesses() ?? 4).toBe(4);
    cgroup.remove();
  });

  test("does not charge the job for its setup, and begins at zero when a folder is used again", () => {
    const used = ({ cgroup }: { readonly cgroup: ReturnType<CgroupHost["create"]> }): number => {
      const { userMicros, systemMicros } = cgroup.cpu();
      return userMicros + systemMicros;
    };
    const script = "head -c 20000000 /dev/zero > /tmp/f; i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
    const busy = inCgroup(script, { cpuMs: 60_000 });
    const usedBefore = used(busy);
    busy.cgroup.remove();
    const idle = inCgroup("true", {});
    expect(used(idle)).toBeLessThan(usedBefore / 2);
    const { cgroup } = idle;
    expect(cgroup.peakMemoryBytes()).toBeLessThan(8 * MIB);
    expect([cgroup.oomKills(), cgroup.processRefusals()]).toEqual([0, 0]);
    cgroup.remove();
  });

  test("a reused folder has the next job's limit, higher or lower", () => {
    for (const memoryBytes of [64, 16, 128]) {
      const { run, cgroup } = inCgroup("head -c 40000000 /dev/zero > /tmp/f && echo fits", {
        memoryBytes: memoryBytes * MIB,
        diskBytes: 100 * MIB,
      });
      expect(run.stdout).toBe(memoryBytes > 40 ? "fits\n" : "");
      cgroup.remove();
    }
  });

  test("kill() ends every process of a job, and is harmless when repeated", () => {
    if (host === null) throw new Error("no cgroups here");
    const cgroup = host.create(parseLimits({ processes: 50 }));
    const run = sh("trap '' TERM INT; for i in 1 2 3 4 5 6; do (while :; do sleep 0.01; done) & done; wait", {
      limits: { processes: 50, cpuMs: 20_000 },
      cgroups: cgroup.procs,
      timeoutMs: 300,
      kill: () => cgroup.kill(),
    });
    expect(run.exit).toEqual({ kind: "signaled", signal: 9 });
    cgroup.kill();
    cgroup.remove();
    cgroup.remove();
    cgroup.kill();
  });

  test("remove() ends what is still in it", () => {
    if (host === null) throw new Error("no cgroups here");
    const cgroup = host.create(parseLimits());
    const run = sh("exec sleep 100", { cgroups: cgroup.procs, timeoutMs: 200, kill: () => cgroup.remove() });
    expect(run.exit).toEqual({ kind: "signaled", signal: 9 });
  });

  test("the job sees its own cgroup as the root", () => {
    const { run, cgroup } = inCgroup("cut -d: -f3 /proc/self/cgroup | sort -u", {});
    expect(run.stdout).not.toContain("hutch-");
    expect(run.stdout).not.toContain("job-");
    cgroup.remove();
  });

  test("reclaims what a dead owner left, and nothing that a living one has", () => {
    const [parent] = parents().filter((folder) => existsSync(`${folder}/cgroup.procs`));
    if (parent === undefined || !PRIVILEGED) return;
    const living = openSubtree(parent);
    const dead = `${parent}/hutch-1-dead${process.pid}`;
    mkdirSync(`${dead}/job-1`, { recursive: true });
    const foreign = `${parent}/not-ours-${process.pid}`;
    mkdirSync(foreign);
    try {
      reclaimSubtrees(parent);
      expect([existsSync(dead), existsSync(living.folder), existsSync(foreign)]).toEqual([false, true, true]);
    } finally {
      living.close();
      rmdirSync(foreign);
    }
    expect(existsSync(living.folder)).toBe(false);
    expect(dirname(living.folder)).toBe(parent);
  });

  test("close() leaves no folder behind", () => {
    expect(ours().length).toBeGreaterThan(0);
    host?.close();
    expect(ours()).toEqual([]);
  });
});
