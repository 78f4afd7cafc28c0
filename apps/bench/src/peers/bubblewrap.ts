// bubblewrap with the root, the namespaces, the capabilities and a filter as a job of ours has them. No limits, no accounting.
import { EXTRA_DESCRIPTOR } from "../spawn.ts";
import { debian, need, type Peer, systemPaths } from "./peer.ts";
import { writePeerFilter } from "./peer-filter.ts";

export const bubblewrap: Peer = {
  name: "bwrap --unshare-all --seccomp",
  without: "landlock, limits, accounting",
  start(program, file) {
    const path = need("bwrap", debian("bubblewrap"));
    const filter = writePeerFilter();
    const folders = systemPaths().flatMap((system) =>
      system.link === null ? ["--ro-bind", system.path, system.path] : ["--symlink", system.link, system.path],
    );
    const command = [
      path,
      ...["--unshare-all", "--die-with-parent", "--new-session", "--hostname", "sandbox"],
      ...["--ro-bind", "/usr", "/usr", ...folders],
      ...(file === undefined ? [] : ["--ro-bind", file, program]),
      ...["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/tmp"],
      ...["--cap-drop", "ALL", "--clearenv", "--setenv", "PATH", "/usr/local/bin:/usr/bin:/bin"],
      ...["--seccomp", String(EXTRA_DESCRIPTOR), program],
    ];
    return { command, extra: filter.path, [Symbol.dispose]: () => filter[Symbol.dispose]() };
  },
};
