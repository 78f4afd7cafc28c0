// bun run test:guests: the kernel tests on other kernels. Boots Debian's cloud kernels under software emulation, each with
// cgroup v2 alone and a file system of its own as its root, and runs the tests there from several seats: as root and as an
// unprivileged user, with cgroups and without.
// Needs Linux x86-64, Debian's apt-get and dpkg, and root where packages are to be installed. Nothing is left behind.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootGuest } from "./boot-guest.ts";
import { buildDisk } from "./build-disk.ts";
import { buildInitramfs } from "./build-initramfs.ts";
import { fetchKernel, KERNELS, prepareMachine } from "./debian.ts";
import { readGuestFlags } from "./guest-flags.ts";

const flags = readGuestFlags(process.argv.slice(2));
const unable = prepareMachine();
if (unable !== null) {
  console.log(`SKIPPED: no guest was booted: ${unable}`);
  process.exit(process.env.REQUIRE_GUESTS === "1" ? 1 : 0);
}

const folder = mkdtempSync(join(tmpdir(), "hutch-guests-"));
let failed = 0;
try {
  const disk = buildDisk(join(folder, "disk"), flags.suite);
  for (const version of flags.kernels) {
    const kernel = fetchKernel(KERNELS[version], join(folder, version));
    if (kernel === null) {
      console.log(`SKIPPED: ${version}: the package ${KERNELS[version]} can not be had from this machine's sources`);
      continue;
    }
    const initramfs = buildInitramfs(kernel, join(folder, version));
    for (const seat of flags.seats(version)) {
      console.log(`\n=== guest: Linux ${version}, ${seat}`);
      const started = performance.now();
      const status = await bootGuest({
        kernel,
        initramfs,
        disk,
        seat,
        suite: flags.suite,
        deadlineMs: flags.deadlineMs,
      });
      const seconds = Math.round((performance.now() - started) / 1000);
      if (status !== 0) failed += 1;
      console.log(`--- ${status === 0 ? "ok" : `FAILED (${status})`}: Linux ${version}, ${seat} (${seconds} s)`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);
