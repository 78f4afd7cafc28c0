// Control messages beside a socket message: arithmetic only (cmsg(3)). fdpass builds and parses them with it.

/** Control message types of SOL_SOCKET. */
export const SCM = { RIGHTS: 1, CREDENTIALS: 2, SECURITY: 3, PIDFD: 4 } as const;

/** Bytes of a cmsghdr before its data. */
export const CMSG_HEADER_BYTES: number = 16;

/** CMSG_ALIGN: rounds up to where the next control message may start. */
export function cmsgAlign(length: number): number {
  return (length + 7) & ~7;
}

/** CMSG_LEN: what cmsg_len says for this many bytes of data, without padding at the end. */
export function cmsgLen(dataBytes: number): number {
  return CMSG_HEADER_BYTES + dataBytes;
}

/** CMSG_SPACE: what a control message takes in the buffer, with padding at the end. */
export function cmsgSpace(dataBytes: number): number {
  return CMSG_HEADER_BYTES + cmsgAlign(dataBytes);
}
