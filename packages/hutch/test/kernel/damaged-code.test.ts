// Prepared code that is damaged wherever it is kept: none of it runs, and where it is to be had again the caller never hears of it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moduleBytes } from "../../src/artifact.ts";
import { type Artifact, createPool, loadArtifact, type Outcome, openStore, type Pool } from "../../src/index.ts";
import { childrenOf, commandLine } from "./processes.ts";
import { until } from "./until.ts";

const upper = await Bun.file(join(import.meta.dir, "../../../../examples/untrusted/upper.wasm")).bytes();
const hello = new TextEncoder().encode("hello");
const DAMAGED = { status: "invalid-artifact", blame: "host", retry: "yes" } as const;
/** In the middle of the code. */
const damageIn = (artifact: Artifact): void => {
  const bytes = moduleBytes(artifact);
  const at = bytes.byteLength >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 0x55;
};

let folder = "";
let pool: Pool;
beforeAll(async () => {
  pool = await createPool();
});
afterAll(() => pool.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(artifact: Artifact): Promise<Outcome<Uint8Array>> {
  return await pool.wasm(artifact, "upper", hello);
}

function expectMended(outcome: Outcome<Uint8Array>): void {
  expect(outcome.ok ? new TextDecoder().decode(outcome.value) : outcome.verdict).toBe("HELLO");
  expect(outcome.report.attempts).toMatchObject([{ status: "invalid-artifact", blame: "host" }]);
}

describe("wasm", () => {
  test("whose bytes are damaged in this process, and which is nowhere else, does not run", async () => {
    const artifact = await pool.prepare(upper);
    damageIn(artifact);
    const outcome = await run(artifact);
    expect(outcome.verdict).toMatchObject({ ...DAMAGED, reason: "the artifact's bytes do not match its checksum" });
    expect(outcome.report.attempts).toBeUndefined();
    expect((await pool.wasi(artifact, ["upper"])).verdict).toMatchObject(DAMAGED);
  });

  test("of a store is taken from there again, and the job runs again before the caller hears of it", async () => {
    using store = openStore({ folder: join(folder, "store") });
    await using own = await createPool({ store });
    for (const artifact of [await own.prepare(upper), await own.prepare(upper)]) {
      damageIn(artifact);
      expectMended(await run(artifact));
      expect((await run(artifact)).report.attempts).toBeUndefined();
    }
    const loaded = (await store.load((await own.prepare(upper)).manifest.checksum)) as Artifact;
    damageIn(loaded);
    expectMended(await run(loaded));
    // The other copy is damaged, too: it is removed, and prepared again by the next who has the module.
    const [name = ""] = readdirSync(store.folder);
    truncateSync(join(store.folder, name), 100);
    damageIn(loaded);
    expect((await run(loaded)).verdict).toMatchObject(DAMAGED);
    expect(store.stats()).toMatchObject({ prepared: 1, repaired: 1 });
    await own.prepare(upper);
    expectMended(await run(loaded));
  });

  test("of a file is read from there again", async () => {
    const path = join(folder, "upper.hutch");
    (await pool.prepare(upper)).write(path);
    const artifact = loadArtifact(path);
    damageIn(artifact);
    expectMended(await run(artifact));
    writeFileSync(path, "damaged");
    damageIn(artifact);
    expect((await run(artifact)).verdict).toMatchObject(DAMAGED);
    rmSync(path);
    expect((await run(artifact)).verdict).toMatchObject(DAMAGED);
  });
});

/** Workers of this process's pools: init is our child, the worker its child. */
const workers = (): number[] =>
  childrenOf(process.pid)
    .flatMap(childrenOf)
    .filter((pid) => commandLine(pid).includes("/hutch/worker.js"));

/** Of setns and mount. */
const NUMBERS = process.arch === "x64" ? ["308", "165"] : ["268", "40"];
/** Enters the worker's root, makes it writable (MS_REMOUNT | MS_BIND) and does what no job can. One process: exec would drop its rights. */
const DAMAGE = `
my ($setns, $mount, $path, $how, @namespaces) = @ARGV;
for my $namespace (@namespaces) {
  open(my $file, "<", $namespace) or die "$namespace: $!";
  syscall($setns + 0, fileno($file), 0) == 0 or die "setns $namespace: $!";
}
chdir("/") or die $!;
my ($none, $root) = ("none", "/");
syscall($mount + 0, $none, $root, 0, 4128, 0) == 0 or die "mount: $!";
if ($how eq "gone") { unlink($path) or die "unlink: $!" }
else { open(my $file, ">>", $path) or die "open: $!"; print $file " "; close($file) or die $! }
`;

function damageBundle(worker: number, how: string): void {
  // Root's mounts are the machine's own, another user's are those of his worker.
  const kinds = process.geteuid?.() === 0 ? ["mnt"] : ["user", "mnt"];
  const namespaces = kinds.map((kind) => `/proc/${worker}/ns/${kind}`);
  const done = Bun.spawnSync(["perl", "-e", DAMAGE, ...NUMBERS, "/app/says-damaged.js", how, ...namespaces]);
  expect([done.exitCode, done.stderr.toString()]).toEqual([0, ""]);
}

const perl = Bun.which("perl") !== null;

describe("a bundle", () => {
  const module = join(import.meta.dir, "jobs/says-damaged.ts");
  type Module = typeof import("./jobs/says-damaged.ts");

  test.skipIf(!perl).each(["changed", "gone"])(
    `that is %s in a worker's root is put there anew with another worker, and the job runs again${perl ? "" : " (there is no perl)"}`,
    async (how) => {
      const others = workers();
      await using bundled = await createPool<Module>({ module, bundle: true, standby: how === "gone" });
      const [worker = 0] = workers().filter((pid) => !others.includes(pid));
      expect(await bundled.call("whole", [])).toBe("whole");
      damageBundle(worker, how);
      // Standbys that had it before are whole.
      const outcomes: Outcome<unknown>[] = [];
      do outcomes.push(await bundled.execute("whole", []));
      while (outcomes.at(-1)?.report.attempts === undefined);
      expect(outcomes.map((outcome) => outcome.ok && outcome.value)).toEqual(outcomes.map(() => "whole"));
      expect(outcomes.at(-1)?.report.attempts).toMatchObject([{ status: "invalid-artifact", blame: "host" }]);
      await until(() => bundled.stats().workers.ended.damaged === 1);
      expect(bundled.stats()).toMatchObject({
        workers: { started: 2, ended: { damaged: 1, died: 0 } },
        jobs: { ended: { "invalid-artifact": 1, ok: outcomes.length + 1 } },
      });
      expect((await bundled.execute("whole", [])).report.attempts).toBeUndefined();
    },
  );

  test("that is whole, of a job that says otherwise, is believed to be whole", async () => {
    await using bundled = await createPool<Module>({ module, bundle: true });
    const { verdict, report } = await bundled.execute("sayDamaged", []);
    expect(verdict).toMatchObject({ status: "invalid-response", blame: "ambiguous" });
    expect(verdict.reason).toContain("which the host does not see");
    expect(report.attempts).toBeUndefined();
    expect(bundled.stats().workers.ended.damaged).toBe(0);
  });
});

test("a module that nobody prepared has no checksum, and a job that says otherwise is not believed", async () => {
  await using plain = await createPool({ module: join(import.meta.dir, "jobs/says-damaged.ts") });
  expect((await plain.execute("sayDamaged", [])).verdict).toMatchObject({ status: "invalid-response" });
});
