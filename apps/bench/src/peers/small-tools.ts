// Programs that take everything on their command line.
import { debian, need, needRoot, nothingToRemove, type Peer, systemPaths } from "./peer.ts";

export const unshare: Peer = {
  name: "unshare, all namespaces",
  without: "files of its own, dropped capabilities, filter, limits, accounting",
  start: (program) =>
    nothingToRemove([
      need("unshare", "it is part of util-linux"),
      ...["--user", "--map-root-user", "--mount", "--pid", "--fork", "--ipc", "--uts", "--net", "--cgroup"],
      ...["--mount-proc", program],
    ]),
};

export const firejail: Peer = {
  name: "firejail --noprofile --net=none --seccomp",
  without: "a root of its own, user namespace, limits, accounting",
  start: (program) =>
    nothingToRemove([
      need("firejail", debian("firejail")),
      ...["--quiet", "--noprofile", "--net=none", "--private-dev", "--private-tmp", "--caps.drop=all"],
      ...["--seccomp", "--nonewprivs", "--noroot", program],
    ]),
};

export const nsjail: Peer = {
  name: "nsjail -Mo",
  without: "landlock, accounting",
  start: (program) =>
    nothingToRemove([
      need("nsjail", "build it from github.com/google/nsjail"),
      ...["-Mo", "-Q", "-R", "/usr", ...systemPaths().flatMap(({ path }) => ["-R", path]), "-T", "/tmp"],
      ...["-R", "/dev/null", "-R", "/dev/zero", "-R", "/dev/urandom"],
      ...["--seccomp_string", "POLICY p { ERRNO(1) { ptrace, mount, bpf } } USE p DEFAULT ALLOW", "--", program],
    ]),
};

export const minijail: Peer = {
  name: "minijail0 -v -p -l -N -e",
  without: "user namespace, filter, landlock, limits, accounting",
  start(program) {
    const path = need(
      "minijail0",
      "Ubuntu: apt-get install minijail-tools; or build it from github.com/google/minijail",
    );
    needRoot("minijail0");
    return nothingToRemove([path, ...["-T", "static", "-I", "-v", "-l", "-N", "-e", "-n", "--", program]]);
  },
};

export const isolate: Peer = {
  name: "isolate --run",
  without: "user namespace, filter, landlock",
  start(program) {
    const path = need("isolate", "build it from github.com/ioi/isolate");
    const init = Bun.spawnSync([path, "--init"], { stdout: "ignore", stderr: "pipe" });
    if (init.exitCode !== 0) throw new Error(`isolate --init failed: ${init.stderr.toString().trim()}`);
    return {
      command: [path, "--silent", "--run", "--", program],
      [Symbol.dispose]: () => void Bun.spawnSync([path, "--cleanup"], { stdout: "ignore", stderr: "ignore" }),
    };
  },
};

export const systemdRun: Peer = {
  name: "systemd-run --wait",
  without: "process ids of its own, a root of its own, user namespace",
  start(program) {
    const path = need("systemd-run", debian("systemd"));
    needRoot("systemd-run");
    if (
      Bun.spawnSync(["systemctl", "is-system-running"], { stdout: "pipe", stderr: "ignore" })
        .stdout.toString()
        .startsWith("offline")
    )
      throw new Error("systemd is not the init of this machine");
    return nothingToRemove([
      path,
      ...["--quiet", "--wait", "--pipe", "--collect", "-p", "PrivateNetwork=yes", "-p", "ProtectSystem=strict"],
      ...["-p", "PrivateTmp=yes", "-p", "PrivateDevices=yes", "-p", "NoNewPrivileges=yes"],
      ...["-p", "SystemCallFilter=@system-service", "-p", "CapabilityBoundingSet=", program],
    ]);
  },
};
