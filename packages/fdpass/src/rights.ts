// The bytes of SCM_RIGHTS: descriptors packed beside a message, and taken out again with nothing left open.
import {
  CMSG_HEADER_BYTES,
  cmsgAlign,
  cmsgLen,
  cmsgSpace,
  type Fd,
  OwnedFd,
  SCM,
  SOL_SOCKET,
  toFd,
} from "@hutch/syscall";

/** The kernel takes at most this many descriptors in one message (SCM_MAX_FD, unix(7)). */
export const MAX_DESCRIPTORS = 253;

/** Room for control bytes that carry this many descriptors. */
export function controlSpace(descriptors: number): number {
  return descriptors === 0 ? 0 : cmsgSpace(4 * descriptors);
}

/** @throws RangeError for more descriptors than one message can carry */
export function packRights(descriptors: readonly Fd[]): Uint8Array | null {
  if (descriptors.length === 0) return null;
  if (descriptors.length > MAX_DESCRIPTORS)
    throw new RangeError(`Cannot send ${descriptors.length} descriptors: a message carries ${MAX_DESCRIPTORS}`);
  const control = new Uint8Array(new ArrayBuffer(controlSpace(descriptors.length)));
  const view = new DataView(control.buffer);
  view.setBigUint64(0, BigInt(cmsgLen(4 * descriptors.length)), true);
  view.setInt32(8, SOL_SOCKET, true);
  view.setInt32(12, SCM.RIGHTS, true);
  descriptors.forEach((fd, index) => {
    view.setInt32(CMSG_HEADER_BYTES + 4 * index, fd, true);
  });
  return control;
}

/**
 * Takes ownership of every descriptor in the control bytes of a received message. Control messages of another type are skipped.
 * TRUST: the control bytes are the kernel's own writing, whoever sent the message.
 */
export function unpackRights(control: Uint8Array): OwnedFd[] {
  const view = new DataView(control.buffer, control.byteOffset, control.byteLength);
  const descriptors: OwnedFd[] = [];
  for (let at = 0; at + CMSG_HEADER_BYTES <= control.byteLength; ) {
    const length = Number(view.getBigUint64(at, true));
    if (length < CMSG_HEADER_BYTES || at + length > control.byteLength) break;
    if (view.getInt32(at + 8, true) === SOL_SOCKET && view.getInt32(at + 12, true) === SCM.RIGHTS) {
      for (let data = at + CMSG_HEADER_BYTES; data + 4 <= at + length; data += 4)
        descriptors.push(new OwnedFd(toFd(view.getInt32(data, true))));
    }
    at += cmsgAlign(length);
  }
  return descriptors;
}

/** Closes all of them, also when one fails to. */
export function closeAll(descriptors: readonly OwnedFd[]): void {
  using stack = new DisposableStack();
  for (const descriptor of descriptors) stack.use(descriptor);
}
