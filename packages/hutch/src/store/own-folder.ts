// Opens a folder that only this user can change. TRUST: whoever may write to a store decides what jobs run.
import { accessSync, constants, fstatSync, mkdirSync } from "node:fs";
import { HostError } from "@hutch/core";
import { geteuid, O, type OwnedFd, open } from "@hutch/syscall";

const FOLDER_MODE = 0o700;
const WRITABLE_BY_OTHERS = 0o022;

const REASONS: Readonly<Record<string, string>> = {
  ELOOP: "ELOOP, it is a link",
  ENOTDIR: "ENOTDIR, it is no folder, or a link to one",
  EEXIST: "EEXIST, it is no folder, or a link that leads nowhere",
};

/** Makes it where it is missing. @throws HostError STORE_UNUSABLE that says why, and what to do */
export function openOwnFolder(path: string): OwnedFd {
  try {
    mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
    using undo = new DisposableStack();
    const folder = undo.use(open(path, O.RDONLY | O.DIRECTORY | O.NOFOLLOW));
    // ORDER: looked at through the descriptor, so that it is the same folder that is used.
    checkOwned(path, folder);
    accessSync(`/proc/self/fd/${folder.fd}`, constants.R_OK | constants.W_OK | constants.X_OK);
    undo.move();
    return folder;
  } catch (error) {
    if (error instanceof HostError) throw error;
    const code = String((error as { readonly code?: unknown }).code ?? error);
    throw unusable(
      path,
      REASONS[code] ?? code,
      "Name a folder that is there or can be made, and that this process may write to",
      {
        cause: error,
      },
    );
  }
}

function checkOwned(path: string, folder: OwnedFd): void {
  const { uid, mode } = fstatSync(folder.fd);
  if (uid !== geteuid())
    throw unusable(
      path,
      `it belongs to user ${uid}, and this process is user ${geteuid()}`,
      "Name a folder of this user's own",
    );
  if ((mode & WRITABLE_BY_OTHERS) !== 0)
    throw unusable(
      path,
      `others may write to it (mode ${(mode & 0o7777).toString(8)})`,
      "Name another folder, or empty this one and chmod 700 it: what others put there is not to be trusted",
    );
}

function unusable(path: string, why: string, hint: string, cause: { readonly cause?: unknown } = {}): HostError {
  return new HostError("STORE_UNUSABLE", `Cannot use the store "${path}": ${why}`, { ...cause, hints: [hint] });
}
