// A first launch is not preceded by a probe: what this machine lacks has to show all the same, and nothing may run without it.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const INDEX = join(import.meta.dir, "../../src/index.ts");

interface Told {
  readonly name: string;
  readonly message: string;
  readonly hints: readonly string[];
  readonly again: string;
  readonly probed: readonly { readonly name: string; readonly state: string }[];
}

/** A user namespace of which something was taken stands in for a machine without it. */
function onMachineAfter(taken: string, command: readonly string[]): string[] {
  return ["unshare", "-Urm", "sh", "-c", `${taken} && exec "$0" "$@"`, ...command];
}

/** As user.max_KIND_namespaces=0 does. */
const without = (kind: string): string => `echo 0 > /proc/sys/user/max_${kind}_namespaces`;
/** As containers hide it from who is not root in them. */
const WITHOUT_SYSCTLS = "mount -t tmpfs none /proc/sys";

/** Runs a job that would leave a mark, twice, and then asks the probe. */
function refuse(taken: string, policy: string): { readonly told: Told; readonly ran: boolean } {
  const folder = mkdtempSync(join(tmpdir(), "hutch-refusal-"));
  try {
    const program = join(folder, "refused.ts");
    const files = `[{ kind: "read-write", source: ${JSON.stringify(folder)}, path: "/mark" }]`;
    writeFileSync(
      program,
      `import { probe, run } from ${JSON.stringify(INDEX)};
      const options = { policy: { files: ${files}, ${policy} } };
      const attempt = () => run(["touch", "/mark/ran"], options).then(({ verdict }) => ({ name: verdict.status }), (error) => error);
      const { name, message, hints } = await attempt();
      const { message: again } = await attempt();
      const probed = probe().controls.filter(({ state }) => state === "unavailable").map(({ name, state }) => ({ name, state }));
      console.log(JSON.stringify({ name, message, hints, again, probed }));`,
    );
    const { stdout, stderr } = Bun.spawnSync(
      onMachineAfter(taken, [process.execPath, "--conditions=hutch-source", program]),
    );
    expect(stderr.toString()).toBe("");
    return { told: JSON.parse(stdout.toString()), ran: existsSync(join(folder, "ran")) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const canTry = Bun.spawnSync(onMachineAfter(`${without("net")} && ${WITHOUT_SYSCTLS}`, ["true"])).success;

describe.skipIf(!canTry)(
  `a machine without a control${canTry ? "" : " (unshare makes no user namespace here)"}`,
  () => {
    test.each([
      ["net", "net-namespace", "sysctl user.max_net_namespaces=10000"],
      ["ipc", "ipc-namespace", "sysctl user.max_ipc_namespaces=10000"],
      ["user", "user-namespace", "sysctl user.max_user_namespaces=10000"],
    ] as const)("max_%s_namespaces=0 refuses by name, with the fix, and runs nothing", (kind, control, fix) => {
      const { told, ran } = refuse(without(kind), "");
      expect(told).toMatchObject({ name: "SandboxRefusedError", hints: [fix] });
      expect(told.message).toStartWith(`Cannot start the sandbox: ${control} (the kernel refused clone: ENOSPC)`);
      expect(told.again).toBe(told.message);
      expect(told.probed.map(({ name }) => name)).toContain(control);
      expect(ran).toBe(false);
    });

    test("a hidden /proc/sys is told as what it keeps from the job, and not as a file that is not there", () => {
      const { told, ran } = refuse(WITHOUT_SYSCTLS, "");
      expect(told.name).toBe("SandboxRefusedError");
      expect(told.message).toStartWith("Cannot start the sandbox: private-root (the kernel refused mount proc /proc");
      expect(told.hints).toEqual(["a /proc without masked folders (docker run --security-opt systempaths=unconfined)"]);
      expect(told.probed).toEqual([{ name: "private-root", state: "unavailable" }]);
      expect(ran).toBe(false);
    });

    test("what the policy can do without is left out", () => {
      const { told, ran } = refuse(without("net"), 'bestEffort: ["net-namespace"]');
      expect(told.name).toBe("ok");
      expect(ran).toBe(true);
    });
  },
);
