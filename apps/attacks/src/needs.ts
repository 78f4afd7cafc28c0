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

/** SINCE: Linux 6.12. */
const SCOPES_ABI = 6;
export const SCOPES: Need = {
  what: "landlock ABI 6",
  here: () => {
    const why = probe().controls.find(({ name }) => name === "landlock")?.why ?? "";
    return Number(/ABI (\d+)/.exec(why)?.[1] ?? 0) >= SCOPES_ABI;
  },
  sign: () => Bun.semver.satisfies(probe().kernel.replace(/^(\d+\.\d+\.\d+).*$/, "$1"), ">=6.12.0"),
};
