// Settings of a machine that leave no sandbox: doctor's line, followed word for word, gives one.
import { describe, expect, test } from "bun:test";
import { expectRefused, expectWorking } from "../expect-sandbox.ts";
import { asOwner, readSetting, type Who } from "../sandbox-cli.ts";

interface Setting {
  readonly name: string;
  readonly value: number;
  readonly control: string;
  readonly why: string;
}

const WHO: readonly Who[] = ["user", "root"];

const SETTINGS: readonly Setting[] = [
  { name: "user.max_user_namespaces", value: 0, control: "user-namespace", why: "ENOSPC" },
  {
    name: "kernel.unprivileged_userns_clone",
    value: 0,
    control: "user-namespace",
    why: "EPERM",
  },
  { name: "vm.memfd_noexec", value: 2, control: "init", why: "memfd_create gave EACCES" },
];

describe("sandbox-cli doctor", () => {
  for (const { name, value, control, why } of SETTINGS) {
    const usual = readSetting(name);
    const lacks = usual === null ? " (this kernel does not have it)" : "";
    // Root's jobs have dropped their ids before they make a user namespace, so that root needs what others do.
    for (const who of WHO) {
      test.skipIf(usual === null)(`${name}=${value}, as ${who}: its advice leads to a sandbox${lacks}`, () => {
        asOwner(`sysctl ${name}=${value}`);
        try {
          const { fixes } = expectRefused(who, control, why);
          expect(fixes.map((line) => line.split("=")[0])).toEqual([`sysctl ${name}`]);
          asOwner(fixes[0] ?? "");
          expectWorking(who);
        } finally {
          asOwner(`sysctl ${name}=${usual}`);
        }
      });
    }
  }
});
