// Where a store cannot be written: what was prepared is given all the same, and nothing is left half-written.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROGRAM = join(import.meta.dir, "../store/store-once.ts");
const BUN = [process.execPath, "--conditions=hutch-source", PROGRAM];

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Told {
  readonly given: readonly number[];
  readonly notKept: number;
  readonly pruned: number;
  readonly code?: string;
  readonly problem?: string;
}

/** @param script for sh, in a mount namespace of its own that ends with it; `"$@"` is the program, with these sizes */
function inMountNamespace(script: string, sizes: string): string[] {
  const unshare = ["unshare", "--user", "--map-root-user", "--mount"];
  return [...unshare, "sh", "-ec", script, "sh", ...BUN, folder, sizes];
}

/** @param before shell commands */
async function runIn(before: string, sizes: string): Promise<{ readonly told: Told; readonly left: string }> {
  const argv = inMountNamespace(`${before}; "$@"; ls -A "${folder}"`, sizes);
  const child = Bun.spawn(argv, { stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect([await child.exited, stderr]).toEqual([0, ""]);
  const [line = "", ...left] = stdout.split("\n");
  return { told: JSON.parse(line) as Told, left: left.join(" ").trim() };
}

test("a disk that is full: the least recently used make room, and what does not fit is used and not kept", async () => {
  const tmpfs = `mount -t tmpfs -o size=600k,mode=700 none "${folder}"`;
  const { told, left } = await runIn(tmpfs, "250000,250001,250002");
  expect(told).toMatchObject({ given: [250_000, 250_001, 250_002], notKept: 0 });
  expect(told.problem).toBeUndefined();
  expect(told.pruned).toBeGreaterThan(0);
  expect(left).toMatch(/^[0-9a-f]{64}\.hutch( [0-9a-f]{64}\.hutch)?$/);
  const tooLarge = await runIn(tmpfs, "900000,1000");
  expect(tooLarge.told).toMatchObject({ given: [900_000, 1000], notKept: 1, code: "STORE_UNUSABLE" });
  expect(tooLarge.told.problem).toContain("ENOSPC");
  expect(tooLarge.left).toMatch(/^[0-9a-f]{64}\.hutch$/);
});

test("a limit of the size of files: what is larger is used and not kept", async () => {
  const { told, left } = await runIn("ulimit -f 100", "1000000,1000");
  expect(told).toMatchObject({ given: [1_000_000, 1000], notKept: 1, code: "STORE_UNUSABLE" });
  expect(told.problem).toContain("EFBIG");
  expect(left).toMatch(/^[0-9a-f]{64}\.hutch$/);
});

test("a read-only folder: a store is not opened on it", async () => {
  const readOnly = `mount --bind "${folder}" "${folder}"; mount -o remount,bind,ro "${folder}"`;
  const refused = Bun.spawnSync(inMountNamespace(`${readOnly}; exec "$@"`, "1000"));
  expect(refused.stderr.toString()).toContain(`Cannot use the store "${folder}": EROFS`);
  expect(readdirSync(folder)).toEqual([]);
});
