// Inside a guest: sandbox-cli as a user's shell starts it, and the machine's owner, who follows its advice.
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** As it is shipped: its sources take an emulated processor several times as long. */
const MAIN = resolve(import.meta.dir, "../../../packages/cli/dist/main.js");
const ID = "4242";
/** Delegated to the unprivileged user, as systemd would. */
const CGROUP = "/sys/fs/cgroup/user";

/** Root of the machine, or somebody who owns nothing. */
export type Who = "root" | "user";

export interface Told {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function sandboxCli(who: Who, ...args: readonly string[]): Told {
  return start([...(who === "root" ? [] : asUser()), process.execPath, MAIN, ...args]);
}

/** A line of doctor, word for word. */
export function asOwner(line: string): void {
  const { status, stderr } = start(["/bin/sh", "-c", line]);
  if (status !== 0) throw new Error(`Cannot follow the advice "${line}": status ${status}: ${stderr}`);
}

/** null where this kernel does not have it */
export function readSetting(name: string): string | null {
  try {
    return readFileSync(join("/proc/sys", name.replaceAll(".", "/")), "utf8").trim();
  } catch {
    return null;
  }
}

function start(argv: readonly string[]): Told {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...argv], { stdin: "ignore" });
  return { status: exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

function asUser(): string[] {
  mkdirSync(CGROUP, { recursive: true });
  const owned = [CGROUP, ...["cgroup.procs", "cgroup.subtree_control"].map((name) => `${CGROUP}/${name}`)].join(" ");
  const moves = `chown ${ID} ${owned} && echo $$ > ${CGROUP}/cgroup.procs && exec "$0" "$@"`;
  const ids = [`--reuid=${ID}`, `--regid=${ID}`, "--clear-groups", "--inh-caps=-all"];
  const env = ["HOME=/home/user", "TMPDIR=/tmp", `PATH=${process.env.PATH}`, "NO_COLOR=1"];
  // By its path: busybox has a program of this name, which knows less.
  return ["/bin/sh", "-c", moves, "/usr/bin/setpriv", ...ids, "env", "-i", ...env];
}
