// What the figures were taken on. No names of people or of the machine.
import { existsSync, readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

export interface MachineDescription {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly arch: string;
  readonly virtual: boolean;
  readonly distribution: string;
  readonly bun: string;
  readonly user: "root" | "unprivileged";
  /** What the CPU's clock is told to do; null where the machine does not say. */
  readonly governor: string | null;
}

export function describeMachine(): MachineDescription {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cpus: processors.length,
    memoryBytes: totalmem(),
    kernel: release(),
    arch: process.arch,
    virtual: /^flags\s*:.*\bhypervisor\b/m.test(readText("/proc/cpuinfo")),
    distribution: /^PRETTY_NAME="?([^"\n]*)/m.exec(readText("/etc/os-release"))?.[1] ?? "unknown",
    bun: Bun.version,
    user: process.geteuid?.() === 0 ? "root" : "unprivileged",
    governor: readText("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").trim() || null,
  };
}

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
