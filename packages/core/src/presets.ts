// Policies that are shipped by name, as data. What each is for and what it runs: docs/presets.md.
import type { PolicyLayer, PresetName } from "./policy-layer.ts";

const MiB = 2 ** 20;

/** What each preset says; `policy: "strict"` takes one by its name. */
export const PRESETS: Readonly<Record<PresetName, PolicyLayer>> = {
  strict: {
    description:
      "A program that reads its input and writes its output: few processes, nothing that it writes can be executed, and no socket files",
    unixSockets: "pairs",
    files: [
      { kind: "tmpfs", path: "/tmp", noexec: true },
      { kind: "tmpfs", path: "/dev/shm", noexec: true },
    ],
    limits: { cpuMs: 1_000, memoryBytes: 128 * MiB, processes: 16, diskBytes: 16 * MiB, openFiles: 64 },
  },
  toolchain: {
    description: "Compilers and interpreters with what they make in /tmp: many threads, large files, minutes of work",
    limits: {
      cpuMs: 60_000,
      memoryBytes: 2_048 * MiB,
      processes: 512,
      diskBytes: 1_024 * MiB,
      fileSizeBytes: 1_024 * MiB,
      openFiles: 4_096,
      outputBytes: 64 * MiB,
    },
  },
  agent: {
    description:
      "Code tools with a workspace at /workspace, which is empty and gone with the job unless the policy shows a folder there",
    extends: "toolchain",
    files: [{ kind: "tmpfs", path: "/workspace" }],
    cwd: "/workspace",
    // Outside the workspace belongs to another user than the job, and git works in no folder of others unless it is told to.
    env: { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: "*" },
    terminal: true,
    limits: { cpuMs: 300_000 },
  },
};
