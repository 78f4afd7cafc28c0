// What a scenario can need of this machine.
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { probe } from "hutch";
import type { Need } from "./scenario.ts";

export const PYTHON: Need = { what: "/usr/bin/python3", here: () => existsSync("/usr/bin/python3") };

/** Root may make any namespace, others only those of a user namespace, which a machine may refuse them. */
export const NAMESPACES: Need = {
  what: "user namespaces for programs of this user",
  here: () => Bun.spawnSync(["unshare", "--user", "--map-root-user", "--mount", "true"]).success,
  sign: () => Number(readFileSync("/proc/sys/user/max_user_namespaces", "utf8")) > 0,
};

export const ROOT: Need = { what: "root", here: () => process.geteuid?.() === 0 };

/** What su and passwd ask. It takes more than their files, so su is asked. */
export const PAM: Need = {
  what: "PAM with its configuration",
  here: () => ROOT.here() && Bun.spawnSync(["/bin/su", "-c", "true", "root"], { stdin: "ignore" }).success,
};

/** Where they count: a mount without nosuid. */
export const SET_USER_ID: Need = {
  what: "a folder for temporary files in which set-user-id bits count",
  here: () => {
    const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
    const under = mounts
      .map((line) => line.split(" "))
      .filter(([, , , , at = ""]) => `${tmpdir()}/`.startsWith(at === "/" ? "/" : `${at}/`))
      .sort(([, , , , a = ""], [, , , , b = ""]) => b.length - a.length);
    return under[0]?.[5]?.includes("nosuid") === false;
  },
};

export const IPV4_ROUTE: Need = {
  what: "a route to the internet",
  // Destination and mask of zeros.
  here: () => /^\S+\t0{8}\t/m.test(readFileSync("/proc/net/route", "utf8")),
};

export const SEGMENTS: Need = { what: "ipcmk of util-linux", here: () => Bun.which("ipcmk") !== null };

/** Root's jobs own nothing. Not every file system has leases. */
export const OWN_LEASES: Need = {
  what: "an unprivileged user with leases on its temporary files",
  here: () => {
    // A lease to read needs a file that nobody has open for writing.
    const make =
      "import fcntl, os, tempfile; fd, name = tempfile.mkstemp(); os.close(fd); file = open(name); os.unlink(name)";
    const { success } = Bun.spawnSync(["/usr/bin/python3", "-c", `${make}; fcntl.fcntl(file, 1024, 0)`]);
    return success && process.geteuid?.() !== 0;
  },
};

export const PORTS: Need = landlockAbi(4, "6.7.0");
export const SCOPES: Need = landlockAbi(6, "6.12.0");

/** @param since the first kernel that has it, where landlock is not switched off */
function landlockAbi(abi: number, since: string): Need {
  const landlock = (): string => probe().controls.find(({ name }) => name === "landlock")?.why ?? "";
  return {
    what: `landlock ABI ${abi}`,
    here: () => Number(/ABI (\d+)/.exec(landlock())?.[1] ?? 0) >= abi,
    sign: () =>
      landlock().includes("ABI") &&
      Bun.semver.satisfies(probe().kernel.replace(/^(\d+\.\d+\.\d+).*$/, "$1"), `>=${since}`),
  };
}
