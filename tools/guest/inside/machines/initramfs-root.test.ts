// A root that is the initramfs: the kernel lets nobody change away from it by pivot_root(2).
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { expectRefused, expectWorking } from "../expect-sandbox.ts";

test("this machine's root is what the kernel unpacked", () => {
  expect(readFileSync("/proc/self/mountinfo", "utf8")).toMatch(/ \/ \/ \S+ (.* )?- rootfs /);
});

test.each(["root", "user"] as const)("as %s: the case has a name, and who can do without it is told how", (who) => {
  const { fixes, allTheSame } = expectRefused(who, "private-root", "EINVAL");
  expect(fixes).toEqual(["a root file system that is not the initramfs"]);
  expect(allTheSame).toEqual(["run", "--best-effort", "private-root", "--"]);
  expectWorking(who, allTheSame ?? []);
});
