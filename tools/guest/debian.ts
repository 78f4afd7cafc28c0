// What a guest takes from Debian: the emulator, a kernel package, and the files of installed packages.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** The packages that always depend on the newest kernel of a line. */
export const KERNELS = { "6.1": "linux-image-cloud-amd64", "6.12": "linux-image-6.12-cloud-amd64" } as const;
export type KernelVersion = keyof typeof KERNELS;

export interface GuestKernel {
  readonly image: string;
  /** lib/modules/RELEASE of the package. */
  readonly modules: string;
}

const TOOLS = {
  "qemu-system-x86_64": "qemu-system-x86",
  busybox: "busybox-static",
  mke2fs: "e2fsprogs",
  cpio: "cpio",
  xz: "xz-utils",
};
/** Without questions, and nearly without words. */
export const APT = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"];

export function tryRun(command: readonly string[], cwd?: string): { readonly ok: boolean; readonly out: string } {
  if (Bun.which(command[0] ?? "") === null) return { ok: false, out: "" };
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
  const { exitCode, stdout } = Bun.spawnSync([...command], {
    env,
    stderr: "ignore",
    ...(cwd === undefined ? {} : { cwd }),
  });
  return { ok: exitCode === 0, out: stdout.toString() };
}

/** Installs what is missing. @returns why this machine can boot no guest; null when it can */
export function prepareMachine(): string | null {
  if (process.platform !== "linux" || process.arch !== "x64") return "guests are for Linux on x86-64";
  if (Bun.which("dpkg-query") === null) return "this is no Debian: there is no dpkg-query";
  const missing = Object.entries(TOOLS).filter(([program]) => Bun.which(program) === null);
  if (missing.length === 0) return null;
  const packages = missing.map(([, name]) => name);
  if (process.getuid?.() !== 0) return `${packages.join(", ")} missing, and only root can install packages`;
  tryRun([...APT, "update"]);
  if (!tryRun([...APT, "install", "-y", "--no-install-recommends", ...packages]).ok)
    return `apt-get could not install ${packages.join(", ")}`;
  return null;
}

/** @returns null where the package can not be downloaded */
export function fetchKernel(metapackage: string, folder: string): GuestKernel | null {
  mkdirSync(folder, { recursive: true });
  const name = newestKernel(metapackage);
  if (name === null || !tryRun(["apt-get", "download", name], folder).ok) return null;
  const file = readdirSync(folder).find((entry) => entry.endsWith(".deb"));
  if (file === undefined || !tryRun(["dpkg", "-x", file, "."], folder).ok) return null;
  const image = readdirSync(join(folder, "boot")).find((entry) => entry.startsWith("vmlinuz-"));
  if (image === undefined) return null;
  return {
    image: join(folder, "boot", image),
    modules: join(folder, "lib/modules", image.slice("vmlinuz-".length)),
  };
}

/** Unpacks packages without installing them. @returns false where one can not be had */
export function unpackPackages(packages: readonly string[], folder: string): boolean {
  const debs = `${folder}.debs`;
  mkdirSync(debs, { recursive: true });
  mkdirSync(folder, { recursive: true });
  const unpacked =
    tryRun(["apt-get", "download", ...packages], debs).ok &&
    readdirSync(debs).every((deb) => tryRun(["dpkg", "-x", join(debs, deb), folder]).ok);
  rmSync(debs, { recursive: true });
  return unpacked;
}

function newestKernel(metapackage: string): string | null {
  const find = (): string | undefined =>
    /^ {2}Depends: (linux-image-\S+)$/m.exec(tryRun(["apt-cache", "depends", metapackage]).out)?.[1];
  const found = find();
  if (found !== undefined) return found;
  tryRun([...APT, "update"]);
  return find() ?? null;
}

/** The names and all that they depend on, of what is installed here. Alternatives count as far as they are installed. */
export function installedClosure(wanted: readonly string[]): string[] {
  const fields = ["db:Status-Abbrev", "Package", "Provides", "Pre-Depends", "Depends", "Essential"];
  const format = `${fields.map((field) => `\${${field}}`).join("\t")}\n`;
  const providers = new Map<string, Installed[]>();
  const packages: Installed[] = [];
  for (const line of tryRun(["dpkg-query", "-W", "-f", format]).out.split("\n")) {
    const [status = "", name = "", provides = "", before = "", depends = "", essential = ""] = line.split("\t");
    if (!status.startsWith("ii")) continue;
    const installed: Installed = { name, depends: names(`${before}, ${depends}`), essential: essential === "yes" };
    packages.push(installed);
    for (const provided of [name, ...names(provides)])
      providers.set(provided, [...(providers.get(provided) ?? []), installed]);
  }
  const closure = new Set<string>();
  const queue = [...wanted, ...packages.filter((each) => each.essential).map((each) => each.name)];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    for (const provider of providers.get(name) ?? []) {
      if (closure.has(provider.name)) continue;
      closure.add(provider.name);
      queue.push(...provider.depends);
    }
  }
  return [...closure];
}

interface Installed {
  readonly name: string;
  readonly depends: readonly string[];
  readonly essential: boolean;
}

/** Of `a (>= 1), b:any | c` the names. */
function names(relation: string): string[] {
  return relation.split(/[,|]/).flatMap((part) => /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(part)?.[1] ?? []);
}

/** Absolute paths, folders too, as the packages name them. */
export function filesOf(packages: readonly string[]): string[] {
  return tryRun(["dpkg-query", "-L", ...packages])
    .out.split("\n")
    .filter((path) => path.startsWith("/") && path !== "/.");
}
