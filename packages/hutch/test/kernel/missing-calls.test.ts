// A machine whose engine refuses system calls, each of which a control needs: the default run is refused by the control's name
// with a remedy, and nothing runs; as best effort it runs, and the report says what is missing.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const HOSTS = join(import.meta.dir, "hosts");
const root = process.geteuid?.() === 0;
const [EPERM, ENOSYS] = [1, 38];

interface Told {
  readonly name: string;
  readonly message: string;
  readonly hints: readonly string[];
  readonly missing: readonly string[];
}
interface Both {
  readonly byDefault: Told;
  readonly bestEffort: Told | null;
}

function withoutCalls(calls: string): Both {
  const bun = [process.execPath, "--conditions=hutch-source"];
  const argv = [...bun, join(HOSTS, "without-calls.ts"), calls, ...bun, join(HOSTS, "tells-refusal.ts")];
  const { stdout, stderr } = Bun.spawnSync(argv);
  expect(stderr.toString()).toBe("");
  return JSON.parse(stdout.toString());
}

type Case = readonly [call: string, errno: number, control: string];

describe("a machine without", () => {
  test.each<Case>([
    ["mount", EPERM, "private-root"],
    ["pivot_root", EPERM, "private-root"],
    ["mount_setattr", ENOSYS, "private-root"],
    ["umount2", EPERM, "private-root"],
    ["sethostname", EPERM, "uts-namespace"],
    ["ioctl", EPERM, "net-namespace"],
    ["setsid", EPERM, "session"],
    ["personality", EPERM, "session"],
    ["setrlimit", EPERM, "rlimits"],
    ...(root ? ([["capset", EPERM, "capabilities"]] as const) : []),
    ["landlock_create_ruleset", ENOSYS, "landlock"],
    ["seccomp", EPERM, "seccomp"],
  ] as const)("%s (errno %d) refuses for want of %s, and runs as best effort", (call, errno, control) => {
    const { byDefault, bestEffort } = withoutCalls(`${call}=${errno}`);
    expect(byDefault.name).toBe("SandboxRefusedError");
    expect(byDefault.message).toStartWith(`Cannot start the sandbox: ${control} (`);
    expect(byDefault.hints.length).toBe(byDefault.missing.length);
    // Who is not root has no other limit on processes.
    const all = call === "setrlimit" && !root ? [control, "process-limit"] : [control];
    expect(byDefault.missing).toEqual(all);
    expect(bestEffort).toMatchObject({ name: "ok", missing: all });
  });

  // There is no process tree without these, whatever a caller can do without.
  test.each<Case>([
    ["memfd_create", EPERM, "init"],
    ["execveat", ENOSYS, "init"],
    ...(root
      ? ([
          ["unshare", EPERM, "user-namespace"],
          ["setresuid", EPERM, "user-namespace"],
          ["bind", EPERM, "unprivileged-ids"],
        ] as const)
      : // What keeps init out of its job's reach there.
        ([["capset", EPERM, "init"]] as const)),
  ] as const)("%s (errno %d) refuses for want of %s, as best effort too", (call, errno, control) => {
    const { byDefault, bestEffort } = withoutCalls(`${call}=${errno}`);
    expect(byDefault).toMatchObject({ name: "SandboxRefusedError", missing: [control] });
    expect(byDefault.hints.length).toBe(1);
    // Those that nothing can do without are refused as options already.
    const refused = control === "unprivileged-ids" ? "SandboxRefusedError" : "TypeError";
    if (bestEffort !== null) expect(bestEffort.name).toBe(refused);
  });

  test.each([
    ["clone3", ENOSYS],
    ["keyctl", EPERM],
    ["pidfd_open", ENOSYS],
    ["ioprio_set", ENOSYS],
    ["open_tree", ENOSYS],
  ])("%s (errno %d) has everything all the same", (call, errno) => {
    expect(withoutCalls(`${call}=${errno}`).byDefault).toMatchObject({ name: "ok", missing: [] });
  });
});
