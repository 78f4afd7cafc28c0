// The guest's root: an ext4 image with the programs that the tests use, Bun, and a copy of this tree.
// It is a file system of its own and not the initramfs, because pivot_root can not leave that.
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { workspaceRoot } from "../workspace.ts";
import { filesOf, installedClosure, unpackPackages } from "./debian.ts";

/** What tests and jobs start. */
const PROGRAMS = [
  "procps",
  "util-linux",
  "mount",
  "python3",
  "perl",
  "uidmap",
  "apparmor",
  "strace",
  "libcap2-bin",
  "kmod",
];
const COMPILERS = ["gcc", "libc6-dev", "git"];
/** stress-ng and what it is linked against, for tests that attack with it: never installed, here as little as there. */
const STRESS_NG = ["stress-ng", "libipsec-mb1", "libjudydebian1", "libsctp1"];
/** Programs of the gate that no kernel test uses. */
const NOT_NEEDED = [
  "@biomejs+*",
  "@turbo+*",
  "turbo",
  "typescript",
  "@typescript+*",
  "knip",
  "oxc-*",
  "@oxc-*",
  "sherif*",
  "zod",
];
const SIZE = "2G";
const NOT_COPIED =
  /^\/usr\/share\/(doc|man|locale|info|lintian|bug|bash-completion|zoneinfo|i18n)\/|^\/usr\/lib\/(modules|firmware)\//;

/** @param parser a folder with AppArmor's parser. @returns the path of the image */
export function buildDisk(
  folder: string,
  { compilers, parser }: { readonly compilers: boolean; readonly parser: string | null },
): string {
  const root = join(folder, "root");
  makeSkeleton(root);
  copyPackages(root, compilers ? [...PROGRAMS, ...COMPILERS] : PROGRAMS);
  mkdirSync(join(root, "guest/bin"), { recursive: true });
  cpSync(process.execPath, join(root, "guest/bin/bun"));
  chmodSync(join(root, "guest/bin/bun"), 0o755);
  cpSync(join(import.meta.dir, "inside/run.sh"), join(root, "guest/run.sh"));
  copyTree(join(root, "guest/tree"));
  const stressNg = join(root, "guest/stress-ng");
  if (compilers && !unpackPackages(STRESS_NG, stressNg)) rmSync(stressNg, { recursive: true });
  if (parser !== null) cpSync(parser, join(root, "guest/parser"), { recursive: true });
  const image = join(folder, "disk.img");
  run(["truncate", "-s", SIZE, image]);
  run(["mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-E", "root_owner=0:0", "-d", root, image]);
  rmSync(root, { recursive: true });
  return image;
}

function makeSkeleton(root: string): void {
  for (const folder of [
    "proc",
    "sys",
    "dev",
    "tmp",
    "run",
    "root",
    "home/user",
    "usr/bin",
    "usr/sbin",
    "usr/lib",
    "usr/lib64",
    "etc",
    "var/tmp",
  ])
    mkdirSync(join(root, folder), { recursive: true });
  for (const name of ["bin", "sbin", "lib", "lib64"]) symlinkSync(`usr/${name}`, join(root, name));
  chmodSync(join(root, "tmp"), 0o1777);
  writeFileSync(
    join(root, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\nuser:x:4242:4242:user:/home/user:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n",
  );
  writeFileSync(join(root, "etc/group"), "root:x:0:\nuser:x:4242:\nnogroup:x:65534:\n");
  writeFileSync(join(root, "etc/subuid"), "user:100000:65536\n");
  writeFileSync(join(root, "etc/subgid"), "user:100000:65536\n");
  writeFileSync(join(root, "etc/hosts"), "127.0.0.1 localhost\n");
}

function copyPackages(root: string, programs: readonly string[]): void {
  const wanted = new Set<string>();
  for (const path of filesOf(installedClosure(programs))) {
    if (NOT_COPIED.test(path) || !existsSync(dirname(path))) continue;
    // Packages still name /bin/sh where /bin is a link by now.
    const real = join(realpathSync(dirname(path)), basename(path));
    const kind = lstatSync(real, { throwIfNoEntry: false });
    if (kind !== undefined && !kind.isDirectory()) wanted.add(real);
  }
  for (const path of alternatives(wanted)) wanted.add(path);
  wanted.add("/etc/ld.so.cache");
  const list = join(root, "../files.txt");
  writeFileSync(list, [...wanted].map((path) => `.${path}\n`).join(""));
  run(["sh", "-c", `tar -C / --no-recursion -cf - -T '${list}' | tar -C '${root}' -xpf - --keep-directory-symlink`]);
}

/** Links such as /usr/bin/awk that no package owns, as far as they lead to a file that is copied. */
function alternatives(wanted: ReadonlySet<string>): string[] {
  return ["/usr/bin", "/usr/sbin"].flatMap((folder) =>
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      if (wanted.has(path) || lstatSync(path).isSymbolicLink() === false || !existsSync(path)) return [];
      return wanted.has(realpathSync(path))
        ? [path, join("/etc/alternatives", name)].filter((each) => existsSync(each))
        : [];
    }),
  );
}

function copyTree(target: string): void {
  mkdirSync(target);
  const excluded = [...NOT_NEEDED.map((name) => `./node_modules/.bun/${name}@*`), "./.git", ".turbo", ".cache"];
  const flags = excluded.map((pattern) => `--exclude='${pattern}'`).join(" ");
  run(["sh", "-c", `tar -C '${workspaceRoot}' ${flags} -cf - . | tar -C '${target}' -xf -`]);
}

function run(command: readonly string[]): void {
  const { exitCode, stderr } = Bun.spawnSync([...command]);
  if (exitCode !== 0) throw new Error(`Cannot build the guest's disk: ${command[0]} ended with ${exitCode}: ${stderr}`);
}
