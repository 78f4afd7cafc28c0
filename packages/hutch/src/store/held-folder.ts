// An open folder whose number stays ours as long as somebody works in it: a number that is closed under a call that uses it
// may mean another folder by then.
import { call, type Fd, type OwnedFd, tryCall } from "@hutch/syscall";

const LOCK_EXCLUSIVE_NOW = 6;
const UNLOCK = 8;

export interface FolderUse extends Disposable {
  readonly fd: Fd;
  /** The way to a file of the folder that does not depend on where the folder is. */
  pathOf(name: string): string;
  /** null while another process has it. */
  lockNow(): Disposable | null;
}

export class HeldFolder {
  readonly #folder: OwnedFd;
  #uses = 0;
  #retired = false;

  constructor(folder: OwnedFd) {
    this.#folder = folder;
  }

  /** @throws TypeError once it is closed */
  use(): FolderUse {
    const { fd } = this.#folder;
    this.#uses += 1;
    return {
      fd,
      pathOf: (name) => `/proc/self/fd/${fd}/${name}`,
      lockNow: () => (lockNow(fd) ? { [Symbol.dispose]: () => void call("flock", fd, UNLOCK) } : null),
      [Symbol.dispose]: () => {
        this.#uses -= 1;
        this.#closeIfDone();
      },
    };
  }

  /** Closes it when nobody works in it any more. */
  retire(): void {
    this.#retired = true;
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (this.#retired && this.#uses === 0) this.#folder.close();
  }
}

/** The kernel drops the lock with the process. */
export function lockNow(fd: Fd): boolean {
  return tryCall("flock", fd, LOCK_EXCLUSIVE_NOW) === 0;
}
