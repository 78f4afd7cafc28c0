// A sandbox that others made, started once for each job as its users do.
import { lstatSync, readlinkSync } from "node:fs";

/** Ready to run one program any number of times; disposing it removes what it needed. */
export interface PeerSandbox extends Disposable {
  /** The whole command line, with the program at its end. */
  readonly command: readonly string[];
  /** A file that it gets opened for reading as descriptor 3. */
  readonly extra?: string;
}

export interface Peer {
  readonly name: string;
  /** What it is without that a job of ours has; empty when nothing. */
  readonly without: string;
  /**
   * @param file of the host that is to be seen as `program`, by those that can show one
   * @throws Error that says what is missing, and how to get it
   */
  start(program: string, file?: string): PeerSandbox;
}

/** The path of a program. @throws Error that says how to get it */
export function need(program: string, howToGet: string): string {
  const path = Bun.which(program, { PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` });
  if (path === null) throw new Error(`${program} is not in PATH; ${howToGet}`);
  return path;
}

export function debian(name: string): string {
  return `Debian and Ubuntu: apt-get install ${name}`;
}

/** @throws Error for everybody else */
export function needRoot(program: string): void {
  if (process.geteuid?.() !== 0) throw new Error(`${program} needs root for this; run the bench as root to compare it`);
}

export function nothingToRemove(command: readonly string[]): PeerSandbox {
  return { command, [Symbol.dispose]: () => {} };
}

interface SystemPath {
  readonly path: string;
  /** Where it leads on the host, when it is a link there. */
  readonly link: string | null;
}

/** The system's folders beside /usr, as the host has them. */
export function systemPaths(): SystemPath[] {
  return ["/bin", "/sbin", "/lib", "/lib64"].flatMap((path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return [];
    return [{ path, link: found.isSymbolicLink() ? readlinkSync(path) : null }];
  });
}
