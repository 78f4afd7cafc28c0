// Assembles the shipped profiles for both architectures and writes src/seccomp/filter-data.ts, so that no start of a job pays
// for it. Run: bun --conditions=hutch-source scripts/build-filters.ts
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SyscallProfile } from "@hutch/core";
import type { Arch } from "@hutch/syscall";
import { COMMAND_PROFILE } from "../src/policies/command-profile.ts";
import { FUNCTION_PROFILE } from "../src/policies/function-profile.ts";
import { WORKER_PROFILE } from "../src/policies/worker-profile.ts";
import { assembleFilter } from "../src/seccomp/assemble-filter.ts";
import { type FilterTarget, resolveProfile } from "../src/seccomp/resolve-profile.ts";
import { splitFatal } from "../src/seccomp/split-fatal.ts";

const DATA: string = fileURLToPath(new URL("../src/seccomp/filter-data.ts", import.meta.url));
const LINE = 110;

type Shipped = "command" | "function" | "worker";

export const SHIPPED: Readonly<Record<Shipped, SyscallProfile>> = {
  command: COMMAND_PROFILE,
  function: FUNCTION_PROFILE,
  worker: WORKER_PROFILE,
};

/** The shipped profiles name no kernel version, so any will do. */
export function buildFilter(name: Shipped, arch: Arch, part: "fatal" | "rest"): Uint8Array {
  const target: FilterTarget = { arch, kernel: [5, 14] };
  const split = splitFatal(resolveProfile(SHIPPED[name], target), target);
  return assembleFilter(part === "rest" ? split.rest : split.fatal);
}

function entry(name: Shipped, arch: Arch): string {
  const key = arch === "arm64" ? arch : `"${arch}"`;
  const parts = (["fatal", "rest"] as const).map((part) => {
    const lines = buildFilter(name, arch, part)
      .toBase64()
      .match(new RegExp(`.{1,${LINE}}`, "g"));
    return `      ${part}:\n${(lines ?? []).map((line) => `        "${line}"`).join(" +\n")},`;
  });
  return `    ${key}: {\n${parts.join("\n")}\n    },`;
}

function writeData(): void {
  const profiles = (["command", "function", "worker"] as const).map(
    (name) => `  ${name}: {\n${(["x86-64", "arm64"] as const).map((arch) => entry(name, arch)).join("\n")}\n  },`,
  );
  writeFileSync(
    DATA,
    `// The shipped profiles as classic BPF, made by scripts/build-filters.ts. Do not edit. Base64 of struct sock_filter.

interface FilterData {
  readonly fatal: string;
  readonly rest: string;
}

export const FILTER_DATA: Readonly<Record<"command" | "function" | "worker", Readonly<Record<"x86-64" | "arm64", FilterData>>>> = {
${profiles.join("\n")}
};
`,
  );
}

if (import.meta.main) writeData();
