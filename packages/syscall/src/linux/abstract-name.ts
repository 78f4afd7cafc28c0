// Names that the kernel keeps for whoever took them first, until that process ends, in whatever way: abstract Unix sockets.
import { call, tryCall } from "../call.ts";
import { SyscallError } from "../errno.ts";
import { OwnedFd, toFd } from "../fd.ts";
import { AF, SOCK } from "../posix/socket.ts";

const EADDRINUSE = 98;
/** sun_path of sockaddr_un, without the zero byte that makes a name abstract. */
const MOST_BYTES = 107;

/**
 * Takes a name in this network namespace (unix(7)). No file is made, so none is left behind; the name is free again when
 * the descriptor is closed or its process killed.
 * @returns null while somebody else has it
 * @throws RangeError for a name of more than 107 bytes; SyscallError when no socket can be had
 */
export function holdAbstractName(name: string): OwnedFd | null {
  const bytes = new TextEncoder().encode(name);
  if (bytes.byteLength > MOST_BYTES)
    throw new RangeError(`Cannot hold a name of ${bytes.byteLength} bytes: ${MOST_BYTES} are possible`);
  const address = new Uint8Array(3 + bytes.byteLength);
  new DataView(address.buffer).setUint16(0, AF.UNIX, true);
  address.set(bytes, 3);
  using socket = new OwnedFd(toFd(call("socket", AF.UNIX, SOCK.DGRAM | SOCK.CLOEXEC, 0)));
  const bound = tryCall("bind", socket.fd, address, address.byteLength);
  if (bound === -EADDRINUSE) return null;
  if (bound < 0) throw new SyscallError("bind", -bound, `"@${name}"`);
  return new OwnedFd(socket.take());
}
