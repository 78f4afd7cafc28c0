// struct sockaddr_in and sockaddr_in6, read and written.
import { AF } from "@hutch/syscall";
import { bytesOf, canonical } from "./ip-bytes.ts";

export interface Address {
  readonly address: string;
  readonly port: number;
}

/** Of another family null. An IPv4 address in an IPv6 one is the IPv4 address. */
export function parseAddress(bytes: Uint8Array): Address | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const family = bytes.byteLength < 2 ? 0 : view.getUint16(0, true);
  if (family === AF.INET && bytes.byteLength >= 8)
    return { address: [...bytes.subarray(4, 8)].join("."), port: view.getUint16(2) };
  if (family !== AF.INET6 || bytes.byteLength < 24) return null;
  const port = view.getUint16(2);
  const mapped = bytes.subarray(8, 20).every((byte, index) => byte === (index < 10 ? 0 : 0xff));
  if (mapped) return { address: [...bytes.subarray(20, 24)].join("."), port };
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(8 + 2 * index).toString(16));
  return { address: canonical(groups.join(":")), port };
}

export function encodeAddress({ address, port }: Address): Uint8Array {
  const six = address.includes(":");
  const bytes = new Uint8Array(six ? 28 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, six ? AF.INET6 : AF.INET, true);
  view.setUint16(2, port);
  bytes.set(bytesOf(address), six ? 8 : 4);
  return bytes;
}
