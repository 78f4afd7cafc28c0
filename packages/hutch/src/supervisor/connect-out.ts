// The connection that the host makes in a job's stead: the name is looked up here, and the socket is the host's own.
import type { Destination } from "@hutch/core";
import {
  AF,
  type Fd,
  isSyscallError,
  type OwnedFd,
  POLL,
  poll,
  SO,
  SOCK,
  SOL_SOCKET,
  socket,
  tryCall,
} from "@hutch/syscall";
import { encodeAddress } from "./socket-address.ts";

const [EACCES, EHOSTUNREACH, ETIMEDOUT, EINPROGRESS] = [13, 113, 110, 115];
const LONGEST_NAP_MS = 10;
/** What this name means everywhere (RFC 6761); nobody is asked. */
const LOCALHOST = ["127.0.0.1", "::1"];

export type Connected =
  | { readonly kind: "connected"; readonly socket: OwnedFd }
  | { readonly kind: "failed"; readonly errno: number };

/**
 * Tries every address of the name, one after the other. The socket does not block.
 * @param permitted whether a name may lead to this address @param signal gives up
 */
export async function connectOut(
  { host, port, named }: Destination,
  permitted: (address: string) => boolean,
  signal: AbortSignal,
): Promise<Connected> {
  let errno = EHOSTUNREACH;
  for (const address of named ? await addressesOf(host) : [host]) {
    if (signal.aborted) return { kind: "failed", errno: ETIMEDOUT };
    const local = host === "localhost";
    const made: Connected =
      named && !local && !permitted(address)
        ? { kind: "failed", errno: EACCES }
        : await connectTo(address, port, signal);
    if (made.kind === "connected") return made;
    errno = made.errno;
  }
  return { kind: "failed", errno };
}

async function addressesOf(name: string): Promise<readonly string[]> {
  if (name === "localhost") return LOCALHOST;
  try {
    // Loaded here: most runs look nothing up, and would wait for the module all the same.
    const { lookup } = process.getBuiltinModule("node:dns/promises");
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    // No such name, or nobody to ask: as a network without a way there.
    return [];
  }
}

async function connectTo(address: string, port: number, signal: AbortSignal): Promise<Connected> {
  const made = openSocket(address.includes(":") ? AF.INET6 : AF.INET);
  if (typeof made === "number") return { kind: "failed", errno: made };
  using undo = new DisposableStack();
  const ours = undo.use(made);
  const bytes = encodeAddress({ address, port });
  const started = tryCall("connect", ours.fd, bytes, bytes.byteLength);
  const errno = started === -EINPROGRESS ? await outcome(ours.fd, signal) : -started;
  if (errno !== 0) return { kind: "failed", errno };
  undo.move();
  return { kind: "connected", socket: ours };
}

function openSocket(family: number): OwnedFd | number {
  try {
    return socket(family, SOCK.STREAM | SOCK.NONBLOCK);
  } catch (error) {
    if (isSyscallError(error)) return error.errno;
    throw error;
  }
}

/** The event loop goes on between looks. @returns an errno, or 0 */
async function outcome(fd: Fd, signal: AbortSignal): Promise<number> {
  for (let napMs = 1; !signal.aborted; napMs = Math.min(LONGEST_NAP_MS, napMs * 2)) {
    if (poll([{ fd, events: POLL.OUT }], 0)[0] !== 0) {
      const error = new Int32Array(1);
      const failed = tryCall("getsockopt", fd, SOL_SOCKET, SO.ERROR, error, new Int32Array([4]));
      return failed < 0 ? -failed : (error[0] ?? 0);
    }
    await Bun.sleep(napMs);
  }
  return ETIMEDOUT;
}
