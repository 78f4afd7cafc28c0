// Runtimes of containers, each with a bundle that is made once.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { debian, need, needRoot, type Peer, systemPaths } from "./peer.ts";
import { makeRootFolder } from "./root-folder.ts";

const READ_ONLY = ["rbind", "ro", "nosuid", "nodev"];

export const crun: Peer = oci("crun", "crun", ["--cgroup-manager=disabled"]);
export const runc: Peer = oci("runc", "runc", []);

function oci(name: string, packageName: string, options: readonly string[]): Peer {
  return {
    name: `${name} run`,
    without: "landlock",
    start(program) {
      const path = need(name, debian(packageName));
      needRoot(name);
      const { path: folder, [Symbol.dispose]: remove } = makeRootFolder();
      writeFileSync(join(folder, "config.json"), JSON.stringify(bundle(program)));
      const state = join(folder, "state");
      const command = [path, "--root", state, ...options, "run", "--bundle", folder, `bench-${process.pid}`];
      return { command, [Symbol.dispose]: remove };
    },
  };
}

/** Root inside is an id that owns nothing. See the runtime specification of the Open Container Initiative. */
function bundle(program: string): object {
  const ids = [{ containerID: 0, hostID: 1_000_000, size: 1 }];
  const system = ["/usr", ...systemPaths().flatMap(({ path, link }) => (link === null ? [path] : []))];
  return {
    ociVersion: "1.0.0",
    process: {
      user: { uid: 0, gid: 0 },
      args: [program],
      env: ["PATH=/usr/bin:/bin"],
      cwd: "/",
      noNewPrivileges: true,
      capabilities: {},
    },
    root: { path: "rootfs", readonly: true },
    hostname: "sandbox",
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755", "size=65536k"] },
      { destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "size=65536k"] },
      ...system.map((path) => ({ destination: path, type: "bind", source: path, options: READ_ONLY })),
    ],
    linux: {
      uidMappings: ids,
      gidMappings: ids,
      namespaces: ["pid", "network", "ipc", "uts", "mount", "user", "cgroup"].map((type) => ({ type })),
      seccomp: {
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [{ names: ["ptrace", "mount", "umount2", "bpf", "setns", "unshare"], action: "SCMP_ACT_ERRNO" }],
      },
    },
  };
}

export const nspawn: Peer = {
  name: "systemd-nspawn --private-network",
  without: "landlock, limits",
  start(program) {
    const path = need("systemd-nspawn", debian("systemd-container"));
    needRoot("systemd-nspawn");
    const { path: folder, [Symbol.dispose]: remove } = makeRootFolder();
    const command = [
      path,
      ...["--quiet", "--keep-unit", "--register=no", "--private-network", "--directory", join(folder, "rootfs")],
      ...["--bind-ro=/usr", program],
    ];
    return { command, [Symbol.dispose]: remove };
  },
};
