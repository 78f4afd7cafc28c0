// Puts a connected socket of ours on Bun's event loop. The descriptor is Bun's from then on: it closes it.
import type { OwnedFd } from "@hutch/syscall";

export async function connectDescriptor(end: OwnedFd, socket: Bun.SocketHandler): Promise<void> {
  // bun-types 1.4.5 has `fd` for listening only; Bun itself takes it here as well.
  const options = { fd: end.take(), socket } as unknown as Bun.UnixSocketOptions<undefined>;
  await Bun.connect(options);
}
