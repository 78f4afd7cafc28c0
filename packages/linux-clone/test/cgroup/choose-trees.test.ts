import { describe, expect, test } from "bun:test";
import { chooseTrees } from "../../src/cgroup/choose-trees.ts";
import { findHierarchies } from "../../src/cgroup/find-hierarchies.ts";

const V1_MOUNTS = [
  "30 23 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs rw,mode=755",
  "31 30 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
  "32 30 0:28 / /sys/fs/cgroup/pids rw shared:5 master:1 - cgroup cgroup rw,pids",
  "33 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
  "34 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
  "35 30 0:31 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd",
].join("\n");
const V1_OWN = "9:name=systemd:/\n8:pids:/a\n4:memory:/a/b\n2:cpu,cpuacct:/\n0::/x\n";
const V2_MOUNTS = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate";

describe("findHierarchies", () => {
  test("finds our folder in each tree of version 1, and in the tree of version 2 beside them", () => {
    const found = findHierarchies(V1_OWN, V1_MOUNTS);
    const folder = (controller: string): string | undefined =>
      found.find((tree) => tree.controllers.includes(controller))?.folder;
    expect(folder("memory")).toBe("/sys/fs/cgroup/memory/a/b");
    expect(folder("pids")).toBe("/sys/fs/cgroup/pids/a");
    expect(folder("cpuacct")).toBe("/sys/fs/cgroup/cpu,cpuacct");
    expect(found.find((tree) => tree.version === 2)?.folder).toBe("/sys/fs/cgroup/unified/x");
  });

  test("takes off the part of the path that a container's mount begins at", () => {
    const mounts = "30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw";
    expect(findHierarchies("0::/docker/abc/job", mounts)[0]?.folder).toBe("/sys/fs/cgroup/job");
    expect(findHierarchies("0::/docker/abc", mounts)[0]?.folder).toBe("/sys/fs/cgroup");
    expect(findHierarchies("0::/elsewhere", mounts)).toEqual([]);
    expect(findHierarchies("0::/docker/abcd", mounts)).toEqual([]);
  });

  test("decodes octal blanks and survives lines that are none", () => {
    expect(findHierarchies("0::/", "garbage\n\n30 23 0:26 / /my\\040groups rw - cgroup2 c rw")[0]?.folder).toBe(
      "/my groups",
    );
    expect(findHierarchies("garbage", V1_MOUNTS)).toEqual([]);
  });
});

describe("chooseTrees", () => {
  test("takes version 2 alone when it has both controllers", () => {
    const choice = chooseTrees(findHierarchies("0::/user", V2_MOUNTS), ["cpu", "memory", "pids"]);
    expect(choice?.trees.map((tree) => [tree.parent, tree.enable])).toEqual([
      ["/sys/fs/cgroup/user", ["memory", "pids"]],
    ]);
  });

  test("takes three trees of version 1, with CPU time from version 2 where cpuacct is missing", () => {
    expect(chooseTrees(findHierarchies(V1_OWN, V1_MOUNTS), [])?.mechanism).toBe("cgroup v1: memory, pids, cpuacct");
    const withoutCpu = V1_MOUNTS.replace("rw,cpu,cpuacct", "rw,cpu");
    expect(chooseTrees(findHierarchies(V1_OWN.replace("cpu,cpuacct", "cpu"), withoutCpu), [])?.mechanism).toBe(
      "cgroup v1: memory, pids; v2: CPU time",
    );
  });

  test("takes nothing when memory or processes would not be limited", () => {
    expect(chooseTrees(findHierarchies("0::/", V2_MOUNTS), ["memory"])).toBeNull();
    expect(chooseTrees(findHierarchies("8:pids:/", V1_MOUNTS), [])).toBeNull();
    expect(chooseTrees([], [])).toBeNull();
  });
});
