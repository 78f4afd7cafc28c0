// bun run test:guests: the kernel tests and the attacks on other kernels. Boots Debian's cloud kernels under software emulation,
// each with cgroup v2 alone and a file system of its own as its root, and runs them there from several seats (as root and as an
// unprivileged user, with cgroups and without), and then what doctor says on machines that are unusual in one way.
// Needs Linux x86-64, Debian's apt-get and dpkg, and root where packages are to be installed. Leaves nothing but what --keep names.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workspaceRoot } from "../workspace.ts";
import { type BootEnd, bootGuest } from "./boot-guest.ts";
import { buildDisk } from "./build-disk.ts";
import { buildInitramfs } from "./build-initramfs.ts";
import { fetchKernel, type GuestKernel, KERNELS, prepareMachine } from "./debian.ts";
import { fetchParser } from "./fetch-parser.ts";
import { readGuestFlags, type Visit, visitTo } from "./guest-flags.ts";
import { KeptResults, type SeatResults } from "./kept-results.ts";
import { listParts } from "./parts.ts";
import { PartReader, type PartResult } from "./read-parts.ts";
import { summarize } from "./summary.ts";

/** In bytes. */
const SECTOR = 512;

const flags = readGuestFlags(process.argv.slice(2));
const parts = await listParts();
const kept = flags.keep === null ? null : new KeptResults(flags.keep);
if (flags.summary && kept !== null) {
  console.log(summarize(new Map(kept.places().map((place) => [place, kept.of(place)])), parts.length));
  process.exit(0);
}

const unable = prepareMachine();
if (unable !== null) {
  console.log(`SKIPPED: no guest was booted: ${unable}`);
  process.exit(process.env.REQUIRE_GUESTS === "1" ? 1 : 0);
}

if (!existsSync(join(workspaceRoot, "packages/cli/dist/main.js")))
  throw new Error("Cannot boot guests: sandbox-cli is not built: bun run build");

const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopped.abort());
const folder = mkdtempSync(join(tmpdir(), "hutch-guests-"));
const seats = new Map<string, SeatResults>();
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
      if (stopped.signal.aborted) break;
      const guest = { version, kernel, initramfs, disk };
      const { advice } = visit.suite === "parts" ? await payForParts(visit, guest) : await pay(visit, guest);
      if (visit.asAdvised === undefined) continue;
      // No advice is a failure that the first guest's own test has told.
      if (advice !== null) await pay(visitTo(visit.asAdvised, advice.split(" ")), guest);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (seats.size > 0) console.log(`\n${summarize(seats, parts.length)}`);
process.exit(failed === 0 && !stopped.signal.aborted ? 0 : 1);

interface Guest {
  readonly version: string;
  readonly kernel: GuestKernel;
  readonly initramfs: string;
  readonly disk: string;
}

/** All parts that are asked for but those that are known to pass. */
async function payForParts(visit: Visit, guest: Guest): Promise<Pick<BootEnd, "advice">> {
  const place = `${guest.version}-${visit.seat}`;
  const results = new Map<string, PartResult>(kept?.of(place));
  seats.set(place, results);
  const asked = parts.filter((part) => flags.parts.length === 0 || flags.parts.some((text) => part.includes(text)));
  const left = asked.filter((part) => results.get(part)?.failed.length !== 0);
  if (left.length === 0) {
    console.log(`\n=== guest: Linux ${guest.version}, ${visit.title}: all that was asked for has passed before`);
    return { advice: null };
  }
  // A disk consists of whole sectors.
  const text = `${left.join("\n")}\n`;
  const list = join(folder, "parts");
  writeFileSync(list, text.padEnd(Math.ceil(Buffer.byteLength(text) / SECTOR) * SECTOR, "\0"));
  const reader = new PartReader();
  const take = (result: PartResult | null): void => {
    if (result === null) return;
    results.set(result.part, result);
    kept?.add(place, result);
  };
  const end = await pay(visit, guest, list, (line) => {
    kept?.log(place, line);
    take(reader.read(line));
  });
  // A guest that was ended from outside has not said how its last part went.
  if (typeof end.status === "number") take(reader.end());
  const missing = left.filter((part) => !results.has(part));
  if (missing.length > 0) console.log(`${missing.length} of ${left.length} parts did not come to an end`);
  return end;
}

async function pay(
  visit: Visit,
  { version, kernel, initramfs, disk }: Guest,
  list: string | null = null,
  onLine: (line: string) => void = () => undefined,
): Promise<BootEnd> {
  const name = [`Linux ${version}`, visit.title, ...visit.words].join(", ");
  console.log(`\n=== guest: ${name}`);
  const started = performance.now();
  const tell = (line: string): void => {
    console.log(line);
    onLine(line);
  };
  const { signal } = stopped;
  const boot = (): Promise<BootEnd> =>
    bootGuest({ kernel, initramfs, disk, visit, deadlineMs: flags.deadlineMs, list, signal, onLine: tell });
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
