// Runs one task of the root package.json on an installed workspace.
// Imports nothing from npm, because it also runs before the first install.
// Child processes find this same Bun as `bun`, however it was started (npx keeps it out of PATH).

import { existsSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "..");
const manifest = await Bun.file(join(root, "package.json")).json();
const fromSource = "--conditions=hutch-source";
const turbo = ["turbo", "run", "--continue=dependencies-successful"];

/** Every task is a list of commands, run in order. Further arguments reach the program, `bun test` or turbo. */
const tasks: Record<string, (args: string[]) => string[][]> = {
  demo: (args) => [["bun", fromSource, "examples/demo.ts", ...args]],
  build: (args) => [[...turbo, "build", ...args]],
  typecheck: (args) => [[...turbo, "typecheck", "//#typecheck:tools", ...args]],
  "test:unit": (args) => [[...turbo, "test", "//#test:tools", "--", ...args]],
  // One package at a time: the kernel tests measure times and count processes.
  "test:kernel": (args) => [[...turbo, "test:kernel", "--concurrency=1", "--", ...args]],
  test: (args) => [...need("test:unit")(args), ...need("test:kernel")(args)],
  "test:faults": (args) => [[...turbo, "test:faults", "--", ...args]],
  soak: (args) => [["bun", fromSource, "packages/hutch/test/faults/soak.ts", ...args]],
  "test:attacks": (args) => [[...turbo, "test:attacks", "--", ...args]],
  // Guests are slow: what doctor says there is asked of the built program. What was built a minute ago will do.
  "test:guests": (args) => [
    ["env", "-u", "TURBO_FORCE", ...turbo, "build", "--filter=sandbox-cli"],
    ["bun", "tools/guest/main.ts", ...args],
  ],
  lint: (args) => [
    [
      ...turbo,
      "lint",
      "//#lint:biome",
      "//#lint:boundaries",
      "//#lint:knip",
      "//#lint:sherif",
      "//#lint:tracked",
      "//#lint:packages",
      ...args,
    ],
  ],
  ok: () => [...need("lint")([]), ...need("typecheck")([]), ...need("test:unit")([])],
  bench: (args) => [["bun", fromSource, "apps/bench/src/main.ts", ...args]],
  doctor: (args) => [["bun", fromSource, "packages/cli/src/main.ts", "doctor", ...args]],
};

const [name = "", ...args] = process.argv.slice(2);
const plan = tasks[name];
if (plan === undefined) fail(`Cannot run task "${name}": known tasks are ${Object.keys(tasks).join(", ")}`);
if (!Bun.semver.satisfies(Bun.version, manifest.engines.bun)) {
  fail(
    `Cannot run task "${name}": this is Bun ${Bun.version}, and ${manifest.engines.bun} is needed, ` +
      `for instance by \`npx --yes ${manifest.packageManager} run ${name}\``,
  );
}

const env = {
  ...process.env,
  PATH: [ownBin(), join(root, "node_modules", ".bin"), process.env.PATH ?? ""].join(":"),
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
};

install();
let status = 0;
for (const command of plan(args)) status = run(command) || status;
process.exit(status);

function need(task: string): (args: string[]) => string[][] {
  const found = tasks[task];
  if (found === undefined) fail(`Cannot run task "${task}": it is not in the table`);
  return found;
}

/** A folder that holds this Bun under the names `bun` and `bunx`. */
function ownBin(): string {
  const folder = join(root, "node_modules", ".cache", "hutch", "bin");
  mkdirSync(folder, { recursive: true });
  for (const alias of ["bun", "bunx"]) {
    const link = join(folder, alias);
    if (readTarget(link) === process.execPath) continue;
    rmSync(link, { force: true });
    symlinkSync(process.execPath, link);
  }
  return folder;
}

function readTarget(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

/** Silent when nothing was missing: this runs before every task. */
function install(): void {
  if (!existsSync(join(root, "node_modules", "turbo"))) console.error("Installing the workspace from bun.lock");
  const command = [process.execPath, "install", "--frozen-lockfile"];
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: root, env });
  if (exitCode === 0) return;
  process.stderr.write(stdout);
  process.stderr.write(stderr);
  fail("Cannot install the workspace from bun.lock: see the lines above");
}

function run(command: string[]): number {
  const child = Bun.spawnSync(command, { cwd: root, env, stdio: ["inherit", "inherit", "inherit"] });
  if (child.signalCode) console.error(`${command[0]} was ended by ${child.signalCode}`);
  return child.exitCode ?? 1;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
