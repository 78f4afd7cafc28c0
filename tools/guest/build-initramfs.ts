// The few files that bring a cloud kernel to its disk: busybox, the modules of a virtual disk, and a script.
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { GuestKernel } from "./debian.ts";

const MODULES = ["virtio_pci", "virtio_blk", "virtio_console", "virtio_net", "overlay"];
const FOLDERS = ["bin", "dev", "proc", "disk", "modules"];

/** @returns the path of the archive */
export function buildInitramfs(kernel: GuestKernel, folder: string): string {
  const root = join(folder, "initramfs");
  for (const name of FOLDERS) mkdirSync(join(root, name), { recursive: true });
  cpSync(Bun.which("busybox") ?? "/bin/busybox", join(root, "bin/busybox"), { dereference: true });
  cpSync(join(import.meta.dir, "inside/init.sh"), join(root, "init"));
  chmodSync(join(root, "init"), 0o755);
  modulesFor(kernel.modules, MODULES).forEach(({ name, bytes }, index) => {
    writeFileSync(join(root, "modules", `${String(index).padStart(2, "0")}-${name}.ko`), bytes);
  });
  const archive = join(folder, "initramfs.cpio");
  const made = Bun.spawnSync(["sh", "-c", `find . | cpio --quiet -o -H newc > '${archive}'`], { cwd: root });
  if (made.exitCode !== 0) throw new Error(`Cannot build the initramfs: cpio ended with ${made.exitCode}`);
  return archive;
}

interface Module {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** In the order in which they have to be loaded. What is built in is left out. */
function modulesFor(folder: string, names: readonly string[]): Module[] {
  const loaded: Module[] = [];
  const files = moduleFiles(folder);
  const load = (name: string): void => {
    const path = files.get(name);
    if (path === undefined || loaded.some((each) => each.name === name)) return;
    const bytes = readModule(path);
    const depends = /\0depends=([^\0]*)\0/.exec(Buffer.from(bytes).toString("latin1"))?.[1] ?? "";
    for (const each of depends.split(",").filter(Boolean)) load(each.replaceAll("-", "_"));
    loaded.push({ name, bytes });
  };
  names.forEach(load);
  return loaded;
}

/** Modules by name, as the kernel spells it. */
function moduleFiles(folder: string): Map<string, string> {
  const files = [...new Bun.Glob("kernel/**/*.ko{,.xz}").scanSync({ cwd: folder })];
  if (files.length === 0) throw new Error(`Cannot build the initramfs: "${folder}" has no modules`);
  return new Map(
    files.map((file) => [
      basename(file)
        .replace(/\.ko.*$/, "")
        .replaceAll("-", "_"),
      join(folder, file),
    ]),
  );
}

/** Newer packages compress them, and busybox can not load that. */
function readModule(path: string): Uint8Array {
  if (path.endsWith(".ko")) return readFileSync(path);
  const { exitCode, stdout } = Bun.spawnSync(["xz", "-dc", path]);
  if (exitCode !== 0) throw new Error(`Cannot build the initramfs: xz ended with ${exitCode}`);
  return stdout;
}
