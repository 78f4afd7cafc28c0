// Version 2 of cgroups: process 2 is cloned into its folder and does not move there, which would stop every fork of the machine.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { LaunchPlan, Step } from "@hutch/core";
import { O, open } from "@hutch/syscall";
import { delegatedFolder } from "../../src/cgroup/delegation.ts";
import { findHierarchies } from "../../src/cgroup/find-hierarchies.ts";
import { removeFolder } from "../../src/cgroup/remove-folder.ts";
import { unifiedCpu } from "../../src/cgroup/unified.ts";
import { sh } from "../sandbox.ts";
import { describeInSandbox } from "./need-sandbox.ts";

const PROGRAM = fileURLToPath(new URL("../launches-into.ts", import.meta.url));

/** A folder of version 2 with nothing but CPU time needs no controller. */
function tryFolder(): string | null {
  const [membership, mounts] = ["/proc/self/cgroup", "/proc/self/mountinfo"].map((path) => readFileSync(path, "utf8"));
  const tree = findHierarchies(membership ?? "", mounts ?? "").find(({ version }) => version === 2);
  if (tree === undefined) return null;
  const folder = `${delegatedFolder(tree.folder)}/hutch-clone-${process.pid}`;
  try {
    mkdirSync(folder);
    return existsSync(`${folder}/cgroup.procs`) ? folder : null;
  } catch {
    return null;
  }
}

const folder = tryFolder();
if (folder !== null) removeFolder(folder);
const describeWithTree: typeof describeInSandbox =
  folder === null
    ? (title) => test.skip(`${title}: this process can make no folder of cgroup version 2`, () => {})
    : describeInSandbox;

describeWithTree("cloning into a cgroup", () => {
  /** A plan whose job ends at once with 99 if it walks the step that joins. */
  const deadlyJoin = (plan: LaunchPlan): LaunchPlan => ({
    ...plan,
    inner: plan.inner.map(
      (step): Step => (step.joins === true ? { ...step, call: "exit_group", args: [{ late: "cgroup0" }] } : step),
    ),
  });

  const inFolder = (change: (plan: LaunchPlan) => LaunchPlan, cgroupFolder: "its own" | "another" | "none"): string => {
    mkdirSync(folder ?? "");
    const part = unifiedCpu(folder ?? "");
    using another = open("/", O.RDONLY | O.DIRECTORY);
    const bound = cgroupFolder === "its own" ? part.folderFd?.fd : another.fd;
    try {
      const { stdout } = sh("echo ran", {
        change,
        cgroups: [part.procs.fd],
        ...(cgroupFolder === "none" || bound === undefined ? {} : { cgroupFolder: bound }),
      });
      const { userMicros, systemMicros } = part.cpu?.() ?? { userMicros: 0, systemMicros: 0 };
      return `${stdout.trim()}, ${userMicros + systemMicros > 0 ? "charged" : "not charged"}`;
    } finally {
      part.close();
      expect(removeFolder(folder ?? "")).toBe(true);
    }
  };

  test("leaves out the step that writes", () => {
    expect(inFolder(deadlyJoin, "its own")).toBe("ran, charged");
    expect(inFolder(deadlyJoin, "none")).toBe(", not charged");
  });

  test("falls back to writing where the kernel refuses the folder", () => {
    expect(inFolder((plan) => plan, "another")).toBe("ran, charged");
    expect(inFolder(deadlyJoin, "another")).toStartWith(", ");
  });

  test("ends a launch into one that is frozen, and leaves nothing in it", async () => {
    mkdirSync(folder ?? "");
    try {
      writeFileSync(`${folder}/cgroup.freeze`, "1");
      // Cloned into it, process 2 never begins; by itself it stands still after the step that joined. Both take their time.
      const told = await Promise.all(["clone", "write"].map(launchInto));
      for (const each of told) expect(each).toMatch(/"code":"ETIMEDOUT","step":\d+/);
      expect(readFileSync(`${folder}/cgroup.procs`, "utf8")).toBe("");
    } finally {
      expect(removeFolder(folder ?? "")).toBe(true);
    }
  });

  async function launchInto(way: string): Promise<string> {
    const argv = [process.execPath, "--conditions=hutch-source", PROGRAM, folder ?? "", way];
    const child = Bun.spawn(argv, { stdout: "pipe", stderr: "inherit" });
    return await child.stdout.text();
  }
});
