// AppArmor's parser of Debian's next release: the one of bookworm does not know the rule `userns`, its kernels do.
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { APT, tryRun } from "./debian.ts";

const RELEASE = "trixie";
const KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg";
const LIBRARIES = "usr/lib/x86_64-linux-gnu";
/** It comes with the libraries that it was linked against, which are newer than the guest's. */
const PACKAGES = ["apparmor", "libc6", "libstdc++6", "libgcc-s1"];

/**
 * @returns a folder with `apparmor_parser`, `lib` (with the loader `ld-linux-x86-64.so.2`) and `abi`; null where the release
 * can not be had from this machine's mirror
 */
export function fetchParser(folder: string): string | null {
  const archive = mirror();
  if (archive === null) return null;
  for (const name of ["lists/partial", "cache/archives/partial", "debs", "tree", "parser/lib"])
    mkdirSync(join(folder, name), { recursive: true });
  const sources = join(folder, "sources.list");
  writeFileSync(sources, `deb [signed-by=${KEYS}] ${archive} ${RELEASE} main\n`);
  // This machine's own lists and sources stay as they are.
  const own = {
    "Dir::Etc::SourceList": sources,
    "Dir::Etc::SourceParts": "-",
    "Dir::State::Lists": join(folder, "lists"),
    "Dir::Cache": join(folder, "cache"),
    "APT::Sandbox::User": "root",
  };
  const options = Object.entries(own).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  if (!tryRun([...APT, ...options, "update"]).ok) return null;
  if (!tryRun([...APT, ...options, "download", ...PACKAGES], join(folder, "debs")).ok) return null;
  for (const deb of readdirSync(join(folder, "debs")))
    if (!tryRun(["dpkg", "-x", join(folder, "debs", deb), join(folder, "tree")]).ok) return null;
  const parser = join(folder, "parser");
  cpSync(join(folder, "tree/usr/sbin/apparmor_parser"), join(parser, "apparmor_parser"));
  cpSync(join(folder, "tree/etc/apparmor.d/abi"), join(parser, "abi"), { recursive: true });
  const libraries = join(folder, "tree", LIBRARIES);
  for (const name of readdirSync(libraries).filter((each) => each.includes(".so")))
    cpSync(join(libraries, name), join(parser, "lib", name), { dereference: true });
  return parser;
}

/** Where this machine has its own release from. */
function mirror(): string | null {
  const targets = tryRun([
    "apt-get",
    "indextargets",
    "--format",
    "$(REPO_URI)",
    "Created-By: Packages",
    "Component: main",
    "Origin: Debian",
  ]);
  return targets.out.split("\n").find((uri) => uri !== "" && !uri.includes("security")) ?? null;
}
