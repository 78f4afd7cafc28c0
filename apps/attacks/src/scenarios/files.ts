// Attacks on the file tree.
import { join } from "node:path";
import { PYTHON } from "../needs.ts";
import type { Scenario } from "../scenario.ts";

export const FILES: readonly Scenario[] = [
  {
    name: "read-by-path",
    from: ["F1", "F2", "P1"],
    does: "reads a file of the host by its path, by `..` from every mount, by `/proc/1/root`, and by a link",
    control: "private-root",
    program: "read-by-path.sh",
    behind: { syscalls: "off" },
    openly: {
      by: "posix-fork",
      expected: { reaches: ["its path", "up from the working folder", "up from /usr", "a link in /tmp"] },
    },
  },
  {
    name: "leave-by-folder",
    from: ["F2", "F4"],
    does: "holds a folder that it is shown open and climbs out of it by `..`",
    control: "private-root",
    program: "leave-by-folder.py",
    needs: [PYTHON],
    policy: ({ folder }) => ({
      files: [{ kind: "read-only", source: join(folder, "shown"), path: "/shown" }],
      env: { ARGUMENT_FOLDER: "/shown" },
    }),
    openly: { by: "nowhere", why: "read-by-path" },
  },
];
