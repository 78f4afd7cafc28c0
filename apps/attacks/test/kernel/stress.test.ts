// stress-ng of Debian under each limit: programs that were written to wear a kernel out.
// It runs where stress-ng is installed, or unpacked in the folder that HUTCH_STRESS_NG names (.ci/run does that):
//   apt-get download stress-ng libipsec-mb1 libjudydebian1 libsctp1, then dpkg -x each into one folder
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type FileEntry, type Limits, run, type VerdictStatus } from "hutch";

const MiB = 2 ** 20;
const unpacked = process.env["HUTCH_STRESS_NG"] ?? "";
const installed = existsSync("/usr/bin/stress-ng");
const here = installed || existsSync(join(unpacked, "usr/bin/stress-ng"));
const files: FileEntry[] = installed ? [] : [{ kind: "read-only", source: unpacked, path: "/stress" }];
const program = installed ? "/usr/bin/stress-ng" : "/stress/usr/bin/stress-ng";

const ENDED: readonly VerdictStatus[] = ["ok", "failed"];
const SMALL = { memoryBytes: 64 * MiB };
const FEW = { processes: 32 };

/** Stressors, the limit that they run against, and how they may end: a stressor that is refused something goes on, or says so. */
const STRESSORS: readonly (readonly [arguments: string, limits: Partial<Limits>, ends: readonly VerdictStatus[]])[] = [
  ["--cpu 2 --timeout 300", { cpuMs: 500 }, ["cpu-limit"]],
  ["--matrix 1 --timeout 300", { cpuMs: 500 }, ["cpu-limit"]],
  ["--sleep 1 --timeout 300", { wallMs: 1500, processes: 256 }, ["wall-limit"]],
  ["--vm 1 --vm-bytes 256M --oomable --timeout 1", SMALL, ["memory-limit", ...ENDED]],
  ["--bigheap 1 --oomable --timeout 1", SMALL, ["memory-limit", ...ENDED]],
  ["--memfd 1 --oomable --timeout 1", SMALL, ["memory-limit", "disk-limit", ...ENDED]],
  ["--shm 1 --oomable --timeout 1", SMALL, ["memory-limit", ...ENDED]],
  ["--fork 2 --timeout 1", FEW, ["process-limit", ...ENDED]],
  ["--vfork 2 --timeout 1", FEW, ["process-limit", ...ENDED]],
  ["--pthread 1 --timeout 1", FEW, ["process-limit", ...ENDED]],
  ["--zombie 1 --timeout 1", FEW, ["process-limit", ...ENDED]],
  ["--hdd 1 --hdd-bytes 256M --timeout 1", { diskBytes: 16 * MiB }, ["disk-limit", ...ENDED]],
  ["--dentry 1 --dentries 2000 --timeout 1", { diskBytes: 2 * MiB }, ENDED],
  ["--open 1 --timeout 1", { openFiles: 64 }, ENDED],
  ["--kill 1 --timeout 1", {}, ENDED],
  ["--ptrace 1 --timeout 1", {}, ENDED],
  ["--sysbadaddr 1 --timeout 1", {}, ["violation", ...ENDED]],
  ["--sock 1 --timeout 1", {}, ENDED],
  // Calls that no table has, by the entry for i386 programs, too: that ends it.
  ["--enosys 1 --timeout 1", {}, ["violation", ...ENDED]],
];

describe.skipIf(!here)(`stress-ng${here ? "" : " (this machine has none: see the top of this file)"}`, () => {
  test.each(STRESSORS)("%s", async (given, limits, ends) => {
    const argv = [program, "--temp-path", "/tmp", ...given.split(" ")];
    const { verdict, report } = await run(argv, {
      limits: { cpuMs: 60_000, wallMs: 300_000, processes: 128, memoryBytes: 512 * MiB, ...limits },
      policy: { files, env: { LD_LIBRARY_PATH: libraries() } },
    });
    expect([verdict.reason, ends.includes(verdict.status)]).toEqual([verdict.reason, true]);
    expect(report.usage.processes ?? 0).toBeLessThanOrEqual(report.limits.processes);
    expect((await run(["/bin/echo", "well"])).text()).toBe("well\n");
  });
});

/** Of another architecture the folder has another name. */
function libraries(): string {
  if (installed) return "";
  return readdirSync(join(unpacked, "usr/lib"))
    .filter((name) => name.includes("linux-gnu"))
    .map((name) => `/stress/usr/lib/${name}`)
    .join(":");
}
