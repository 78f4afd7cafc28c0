// A job makes no user namespace, in which it would have every capability again: the filter refuses the calls, and where there is no
// filter the limit of its own user namespace does (ENOSPC). Run by root and by others, this is all the ways that a job starts.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { syscallNumber } from "@hutch/syscall";
import { createPool, type Policy, run } from "../../src/index.ts";
import type * as calls from "./jobs/call-by-number.ts";

const module = join(import.meta.dir, "jobs/call-by-number.ts");
const limits = { cpuMs: 20_000, wallMs: 60_000 };
const TIME_LIMIT_MS = 120_000;
const [EPERM, EACCES, ENOSPC, ENOSYS] = [1, 13, 28, 38];
const CLONE_NEWUSER = 0x1000_0000;
const SIGCHLD = 17;
const PATH = "/proc/sys/user/max_user_namespaces";

/** The errno of each way, and of the try to raise the limit; a child that came to be says so. */
const attempts = [
  `syscall(${syscallNumber("unshare")}, ${CLONE_NEWUSER})`,
  `syscall(${syscallNumber("clone")}, ${CLONE_NEWUSER | SIGCHLD}, 0, 0, 0, 0)`,
  `syscall(${syscallNumber("clone3")}, $arguments, 64)`,
];
const script = `$arguments = pack("Q8", ${CLONE_NEWUSER}, 0, 0, 0, ${SIGCHLD}, 0, 0, 0); ${attempts.map((call) => `$r = ${call}; print $r < 0 ? $! + 0 : "made", " "; exit if $r == 0;`).join(" ")}
  print open(F, ">", "${PATH}") ? "opened" : $! + 0;`;
const argv = ["perl", "-e", script];
const why = Bun.which("perl") === null ? " (needs perl)" : "";

const expected = (syscalls: Policy["syscalls"]): string =>
  (syscalls === "off" ? [ENOSPC, ENOSPC, ENOSPC, EACCES] : [EPERM, EPERM, ENOSYS, EACCES]).join(" ");

describe.each(["default", "off"] as const)("with system calls %s no user namespace is made", (syscalls) => {
  const options = { limits, policy: { syscalls } };
  const only = test.skipIf(why !== "");

  only(`by a command${why}`, async () => expect((await run(argv, options)).text()).toBe(expected(syscalls)));

  only(
    `by a command of a pool, waiting or launched on demand${why}`,
    async () => {
      for (const standby of [true, false]) {
        await using pool = await createPool({ ...options, standby });
        expect((await pool.run(argv)).text()).toBe(expected(syscalls));
      }
    },
    TIME_LIMIT_MS,
  );

  only(
    `by a function, and by what it starts${why}`,
    async () => {
      await using pool = await createPool<typeof calls>({ ...options, module });
      expect(await pool.call("outputOf", [argv])).toBe(expected(syscalls));
      const unshared = await pool.call("callByNumber", [syscallNumber("unshare"), [CLONE_NEWUSER]]);
      // A runtime with a second thread may not change its user namespace at all (EINVAL).
      expect([-Number(expected(syscalls).split(" ")[0]), -22]).toContain(unshared);
    },
    TIME_LIMIT_MS,
  );
});
