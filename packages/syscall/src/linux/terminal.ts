// Pseudoterminals (pty(7), ioctl_tty(2)): the host keeps one end, and the other is a terminal for a program.
import { call, checked, tryCall } from "../call.ts";
import { type Fd, OwnedFd, toFd } from "../fd.ts";
import { open } from "../posix/file.ts";
import { O } from "../posix/open-flags.ts";

/** ioctls of terminals. GPTPEER SINCE: Linux 4.13. */
export const TIOC = { SCTTY: 0x540e, SWINSZ: 0x5414, SPTLCK: 0x40045431, GPTPEER: 0x5441 } as const;

/** In characters. */
/** In characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * A new terminal of the machine, which becomes nobody's controlling terminal by this.
 * @returns `host` reads what the program writes, until EIO when its last descriptor is closed; `program` is the terminal
 * @throws SyscallError where this process may make none
 */
export function openTerminal(size: TerminalSize): { readonly host: OwnedFd; readonly program: OwnedFd } {
  const flags = O.RDWR | O.NOCTTY | O.CLOEXEC;
  using undo = new DisposableStack();
  const host = undo.use(open("/dev/ptmx", flags));
  checked("ioctl", tryCall("ioctl", host.fd, TIOC.SPTLCK, new Int32Array([0])), "TIOCSPTLCK");
  resizeTerminal(host.fd, size);
  // By the other end and not by its name: /dev/pts may be another one here.
  const program = new OwnedFd(toFd(call("ioctl", host.fd, TIOC.GPTPEER, flags)));
  undo.move();
  return { host, program };
}

/** Programs in the terminal get SIGWINCH. */
export function resizeTerminal(host: Fd, { columns, rows }: TerminalSize): void {
  call("ioctl", host, TIOC.SWINSZ, new Uint16Array([rows, columns, 0, 0]));
}
