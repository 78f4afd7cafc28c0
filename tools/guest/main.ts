// bun run test:guests: the kernel tests on other kernels. Boots Debian's cloud kernels under software emulation, each with
// cgroup v2 alone and a file system of its own as its root, and runs the tests there from several seats (as root and as an
// unprivileged user, with cgroups and without), and then what doctor says on machines that are unusual in one way.
// Needs Linux x86-64, Debian's apt-get and dpkg, and root where packages are to be installed. Nothing is left behind.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workspaceRoot } from "../workspace.ts";
import { type BootEnd, bootGuest } from "./boot-guest.ts";
import { buildDisk } from "./build-disk.ts";
import { buildInitramfs } from "./build-initramfs.ts";
import { fetchKernel, type GuestKernel, KERNELS, prepareMachine } from "./debian.ts";
import { fetchParser } from "./fetch-parser.ts";
import { readGuestFlags, type Visit, visitTo } from "./guest-flags.ts";

const flags = readGuestFlags(process.argv.slice(2));
const unable = prepareMachine();
if (unable !== null) {
  console.log(`SKIPPED: no guest was booted: ${unable}`);
  process.exit(process.env.REQUIRE_GUESTS === "1" ? 1 : 0);
}

if (!existsSync(join(workspaceRoot, "packages/cli/dist/main.js")))
  throw new Error("Cannot boot guests: sandbox-cli is not built: bun run build");

const folder = mkdtempSync(join(tmpdir(), "hutch-guests-"));
let failed = 0;
try {
  const parser = flags.parser ? fetchParser(join(folder, "parser")) : null;
  const disk = buildDisk(join(folder, "disk"), { compilers: flags.compilers, parser });
  for (const version of flags.kernels) {
    const kernel = fetchKernel(KERNELS[version], join(folder, version));
    if (kernel === null) {
      console.log(`SKIPPED: ${version}: the package ${KERNELS[version]} can not be had from this machine's sources`);
      continue;
    }
    const initramfs = buildInitramfs(kernel, join(folder, version));
    for (const visit of flags.visits(version)) {
      const { advice } = await pay(visit, version, kernel, initramfs, disk);
      if (visit.asAdvised === undefined) continue;
      // No advice is a failure that the first guest's own test has told.
      if (advice !== null) await pay(visitTo(visit.asAdvised, advice.split(" ")), version, kernel, initramfs, disk);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);

async function pay(
  visit: Visit,
  version: string,
  kernel: GuestKernel,
  initramfs: string,
  disk: string,
): Promise<BootEnd> {
  const name = [`Linux ${version}`, visit.title, ...visit.words].join(", ");
  console.log(`\n=== guest: ${name}`);
  const started = performance.now();
  const boot = (): Promise<BootEnd> => bootGuest({ kernel, initramfs, disk, visit, deadlineMs: flags.deadlineMs });
  let end = await boot();
  // Seen once: the emulator ran an instruction that the kernel was about to replace. That is no result.
  if (!end.booted) {
    console.log("The kernel did not come up; once more");
    end = await boot();
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  if (end.status !== 0) failed += 1;
  console.log(`--- ${end.status === 0 ? "ok" : `FAILED (${end.status})`}: ${name} (${seconds} s)`);
  return end;
}
