// A kernel that was booted without landlock. What doctor advises is what the next guest is booted with.
import { expect, test } from "bun:test";
import { expectRefused, expectWorking } from "../expect-sandbox.ts";

test.each(["root", "user"] as const)("as %s: refused, and doctor says how to run without it", (who) => {
  const { fixes, allTheSame } = expectRefused(who, "landlock", "switched off");
  expect(allTheSame).toEqual(["run", "--best-effort", "landlock", "--"]);
  expectWorking(who, allTheSame ?? []);
  const parameter = /lsm=\S+$/.exec(fixes[0] ?? "")?.[0];
  expect(parameter).toBeDefined();
  if (who === "root") console.log(`guest: boot with ${parameter}`);
});
