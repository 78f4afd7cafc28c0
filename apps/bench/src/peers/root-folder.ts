// A folder as the root of peers that want one: empty places for what they mount, and the host's links.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TemporaryFolder, temporaryFolder } from "../temporary-folder.ts";
import { systemPaths } from "./peer.ts";

/** It holds `rootfs`, and whatever else the peer needs. */
export function makeRootFolder(): TemporaryFolder {
  const folder = temporaryFolder();
  const root = join(folder.path, "rootfs");
  for (const name of ["usr", "proc", "dev", "tmp", "sys", "run", "etc"])
    mkdirSync(join(root, name), { recursive: true });
  for (const { path, link } of systemPaths()) {
    if (link === null) mkdirSync(join(root, path));
    else symlinkSync(link, join(root, path));
  }
  // systemd-nspawn takes only what looks like a system.
  writeFileSync(join(root, "etc", "os-release"), "ID=bench\n");
  return folder;
}
