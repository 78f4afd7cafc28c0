import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArtifact } from "@hutch/core";
import { checksumOf, digestOf } from "../../src/checksum.ts";
import { openStore } from "../../src/store/artifact-store.ts";

const PROGRAM = join(import.meta.dir, "store-process.ts");
const NAMES = ["a", "b", "c", "d", "e", "f"];
const ROUNDS = 6;

/** Every artifact in the folder is whole at any time. @returns how many there were */
function checkAll(folder: string): number {
  const names = readdirSync(folder).filter((name) => name.endsWith(".hutch"));
  let seen = 0;
  for (const name of names) {
    let file: Buffer;
    try {
      file = readFileSync(join(folder, name));
    } catch {
      // Pruned since.
      continue;
    }
    const { manifest, bytes } = parseArtifact(file, digestOf);
    expect(checksumOf(bytes)).toBe(manifest.checksum);
    seen += 1;
  }
  return seen;
}

test("processes that share a folder, write, prune and are killed in it never see a file that is not whole", async () => {
  const parent = mkdtempSync(join(tmpdir(), "hutch-test-"));
  const folder = join(parent, "store");
  openStore({ folder }).close();
  const argv = [process.execPath, "--conditions=hutch-source", PROGRAM, folder, NAMES.join(","), String(700_000)];
  const start = (): Bun.Subprocess<"ignore", "pipe", "pipe"> => Bun.spawn(argv, { stdout: "pipe", stderr: "pipe" });
  const running = new Set<Bun.Subprocess<"ignore", "pipe", "pipe">>();
  try {
    let seen = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const started = [start(), start(), start()];
      for (const each of started) running.add(each);
      // Each says so when it works; then there is something to kill.
      for (const each of started) await each.stdout.getReader().read();
      for (let look = 0; look < 20; look++) {
        seen += checkAll(folder);
        await Bun.sleep(1);
      }
      for (const each of started) {
        expect([each.exitCode, each.exitCode === null ? "" : await each.stderr.text()]).toEqual([null, ""]);
        each.kill("SIGKILL");
        await each.exited;
        running.delete(each);
      }
      seen += checkAll(folder);
    }
    expect(seen).toBeGreaterThan(ROUNDS);
    // What killed ones left half-written goes when the next one opens the store; what a living one writes stays.
    writeFileSync(join(folder, "0.partial"), "left");
    openStore({ folder }).close();
    expect(readdirSync(folder).filter((name) => name.endsWith(".partial"))).toEqual([]);
  } finally {
    for (const each of running) {
      each.kill("SIGKILL");
      await each.exited;
    }
    rmSync(parent, { recursive: true });
  }
});

test("openStore() leaves what a living process is writing", async () => {
  const parent = mkdtempSync(join(tmpdir(), "hutch-test-"));
  const partial = join(parent, "living.partial");
  const script = `import { openSync } from "node:fs"; import { tryCall } from "@hutch/syscall";
    if (tryCall("flock", openSync(${JSON.stringify(partial)}, "w"), 6) !== 0) throw new Error("not locked");
    console.log("locked"); setInterval(() => {}, 1000);`;
  const writer = Bun.spawn([process.execPath, "--conditions=hutch-source", "-e", script], {
    cwd: import.meta.dir,
    stdout: "pipe",
    stderr: "inherit",
  });
  try {
    await writer.stdout.getReader().read();
    openStore({ folder: parent }).close();
    expect(readdirSync(parent)).toEqual(["living.partial"]);
    writer.kill("SIGKILL");
    await writer.exited;
    openStore({ folder: parent }).close();
    expect(readdirSync(parent)).toEqual([]);
  } finally {
    writer.kill("SIGKILL");
    await writer.exited;
    rmSync(parent, { recursive: true });
  }
});
