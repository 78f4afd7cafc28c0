// What a scenario can need of this machine.
import { accessSync, constants, existsSync } from "node:fs";
import type { Need } from "./scenario.ts";

function program(path: string): Need {
  return { what: path, here: () => existsSync(path) };
}

export const PYTHON: Need = program("/usr/bin/python3");
export const PERL: Need = program("/usr/bin/perl");

/** Where root may make any namespace and others only those of a user namespace, which this machine may refuse them. */
export const NAMESPACES: Need = {
  what: "user namespaces for programs of this user",
  kernel: true,
  here: () => Bun.spawnSync(["unshare", "--user", "--map-root-user", "--mount", "true"]).success,
};

export const ROOT: Need = { what: "root", here: () => process.geteuid?.() === 0 };

/** A device of the machine that this user may use. */
export function device(path: string): Need {
  const here = (): boolean => {
    try {
      accessSync(path, constants.R_OK | constants.W_OK);
      return true;
    } catch {
      // Not there, or not for this user.
      return false;
    }
  };
  return { what: path, here };
}
