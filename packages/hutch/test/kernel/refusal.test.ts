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

/** A user namespace with none of one kind below it stands in for a machine with user.max_KIND_namespaces=0. */
function withoutNamespaces(kind: string, program: string): string[] {
  const script = `echo 0 > /proc/sys/user/max_${kind}_namespaces && exec "$0" "$@"`;
  return [
    "unshare",
    "-Ur",
    "sh",
    "-c",
    script,
    ...(program === "" ? ["true"] : [process.execPath, "--conditions=hutch-source", program]),
  ];
}

/** Runs a job that would leave a mark, twice, and then asks the probe. */
function refuse(kind: string, policy: string): { readonly told: Told; readonly ran: boolean } {
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
    const { stdout, stderr } = Bun.spawnSync(withoutNamespaces(kind, program));
    expect(stderr.toString()).toBe("");
    return { told: JSON.parse(stdout.toString()), ran: existsSync(join(folder, "ran")) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const canTry = Bun.spawnSync(withoutNamespaces("net", "")).success;

describe.skipIf(!canTry)(
  `a machine without a control${canTry ? "" : " (unshare makes no user namespace here)"}`,
  () => {
    test.each([
      ["net", "net-namespace", "sysctl user.max_net_namespaces=10000"],
      ["ipc", "ipc-namespace", "sysctl user.max_ipc_namespaces=10000"],
      ["user", "user-namespace", "sysctl user.max_user_namespaces=10000"],
    ] as const)("max_%s_namespaces=0 refuses by name, with the fix, and runs nothing", (kind, control, fix) => {
      const { told, ran } = refuse(kind, "");
      expect(told).toMatchObject({ name: "SandboxRefusedError", hints: [fix] });
      expect(told.message).toStartWith(`Cannot start the sandbox: ${control} (the kernel refused clone: ENOSPC)`);
      expect(told.again).toBe(told.message);
      expect(told.probed.map(({ name }) => name)).toContain(control);
      expect(ran).toBe(false);
    });

    test("what the policy can do without is left out", () => {
      const { told, ran } = refuse("net", 'bestEffort: ["net-namespace"]');
      expect(told.name).toBe("ok");
      expect(ran).toBe(true);
    });
  },
);
