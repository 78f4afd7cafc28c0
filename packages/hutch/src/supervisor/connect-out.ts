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

const [EHOSTUNREACH, ETIMEDOUT, EINPROGRESS] = [113, 110, 115];
const PATIENCE_MS = 10_000;
const LONGEST_NAP_MS = 10;

export type Connected =
  | { readonly kind: "connected"; readonly socket: OwnedFd }
  | { readonly kind: "failed"; readonly errno: number };

/** Tries every address of the name, one after the other. The socket does not block. */
export async function connectOut({ host, port, named }: Destination): Promise<Connected> {
  let errno = EHOSTUNREACH;
  for (const address of named ? await addressesOf(host) : [host]) {
    const made = await connectTo(address, port);
    if (made.kind === "connected") return made;
    errno = made.errno;
  }
  return { kind: "failed", errno };
}

async function addressesOf(name: string): Promise<string[]> {
  try {
    // Loaded here: most runs look nothing up, and would wait for the module all the same.
    const { lookup } = process.getBuiltinModule("node:dns/promises");
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    // No such name, or nobody to ask: as a network without a way there.
    return [];
  }
}

async function connectTo(address: string, port: number): Promise<Connected> {
  const six = address.includes(":");
  const made = openSocket(six ? AF.INET6 : AF.INET);
  if (typeof made === "number") return { kind: "failed", errno: made };
  using undo = new DisposableStack();
  const ours = undo.use(made);
  const started = tryCall("connect", ours.fd, socketAddress(address, port, six), six ? 28 : 16);
  const errno = started === -EINPROGRESS ? await outcome(ours.fd) : -started;
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
async function outcome(fd: Fd): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let napMs = 1; performance.now() < deadline; napMs = Math.min(LONGEST_NAP_MS, napMs * 2)) {
    if (poll([{ fd, events: POLL.OUT }], 0)[0] !== 0) {
      const error = new Int32Array(1);
      const failed = tryCall("getsockopt", fd, SOL_SOCKET, SO.ERROR, error, new Int32Array([4]));
      return failed < 0 ? -failed : (error[0] ?? 0);
    }
    await Bun.sleep(napMs);
  }
  return ETIMEDOUT;
}

/** struct sockaddr_in or sockaddr_in6. */
function socketAddress(address: string, port: number, six: boolean): Uint8Array {
  const bytes = new Uint8Array(six ? 28 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, six ? AF.INET6 : AF.INET, true);
  view.setUint16(2, port);
  if (six) bytes.set(groupsOf(address), 8);
  else bytes.set(address.split(".").map(Number), 4);
  return bytes;
}

/** The 16 bytes of an address of IPv6, in whatever spelling. A zone is left out. */
function groupsOf(address: string): Uint8Array {
  const text = new URL(`http://[${address.replace(/%.*$/, "")}]/`).hostname.slice(1, -1);
  const [head = "", tail] = text.split("::");
  const split = (part: string | undefined): number[] =>
    part === undefined || part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [before, after] = [split(head), split(tail)];
  const groups = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  return new Uint8Array(groups.flatMap((group) => [group >> 8, group & 0xff]));
}
