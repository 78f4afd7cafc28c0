// A folder as the root of peers that want one: empty places for what they mount, and the host's links.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemPaths } from "./peer.ts";

export interface RootFolder extends Disposable {
  /** Holds `rootfs`, and what the peer itself needs. */
  readonly folder: string;
}

export function makeRootFolder(): RootFolder {
  const folder = mkdtempSync(join(tmpdir(), "hutch-bench-"));
  // Root inside is somebody else.
  chmodSync(folder, 0o755);
  const root = join(folder, "rootfs");
  for (const name of ["usr", "proc", "dev", "tmp", "sys", "run", "etc"])
    mkdirSync(join(root, name), { recursive: true });
  for (const { path, link } of systemPaths()) {
    if (link === null) mkdirSync(join(root, path));
    else symlinkSync(link, join(root, path));
  }
  // systemd-nspawn takes only what looks like a system.
  writeFileSync(join(root, "etc", "os-release"), "ID=bench\n");
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
