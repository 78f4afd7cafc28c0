import { expect, test } from "bun:test";
import { switchedOff } from "../../src/cgroup/switched-off.ts";

// As Linux 6.12 writes it, booted with cgroup_disable=memory.
const TABLE =
  "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t0\t3\t1\nmemory\t0\t3\t0\nmemory_too\t0\t3\t0\npids\t0\t3\t1\n";

test("switchedOff() names what the kernel was told to leave out, and nothing that it never had", () => {
  expect(switchedOff(["memory", "pids"], TABLE)).toBe("memory");
  expect(switchedOff(["pids", "memory"], TABLE)).toBe("memory");
  expect(switchedOff(["pids", "rdma"], TABLE)).toBeUndefined();
  expect(switchedOff(["memory"], "")).toBeUndefined();
});
