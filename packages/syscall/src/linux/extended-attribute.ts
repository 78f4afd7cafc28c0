// Extended attributes of files, also of those that /proc links to, such as sockets (xattr(7)).
import { tryCall } from "../call.ts";
import { cString } from "../pointer.ts";

const MOST_BYTES = 256;

/** getxattr(2): the value, or null where there is none, it is longer than 256 bytes, or the file is out of reach. */
export function getxattr(path: string, name: string): Uint8Array | null {
  const value = new Uint8Array(MOST_BYTES);
  const length = tryCall("getxattr", cString(path), cString(name), value, value.byteLength);
  return length < 0 ? null : value.subarray(0, length);
}
