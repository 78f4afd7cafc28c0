// Addresses that a name of the outside world has no business to lead to: who answers for a name chooses its address, and by
// one of these it would reach the host itself, its neighbours, or the machine's metadata service (DNS rebinding).
import type { BlockList } from "node:net";
import { bytesOf, canonical } from "./ip-bytes.ts";

/** The special-purpose registries of IANA (RFC 6890), and what clouds put among public addresses. */
const SPECIAL: readonly (readonly [network: string, what: string])[] = [
  ["0.0.0.0/8", "this host"],
  ["10.0.0.0/8", "private"],
  ["100.64.0.0/10", "shared by a carrier's customers; metadata of one cloud"],
  ["127.0.0.0/8", "loopback"],
  ["168.63.129.16/32", "the agent of one cloud's hosts"],
  ["169.254.0.0/16", "link-local; metadata of most clouds"],
  ["172.16.0.0/12", "private"],
  ["192.0.0.0/24", "protocols; metadata of one cloud"],
  ["192.0.2.0/24", "documentation"],
  ["192.88.99.0/24", "relays of 6to4"],
  ["192.168.0.0/16", "private"],
  ["198.18.0.0/15", "benchmarks"],
  ["198.51.100.0/24", "documentation"],
  ["203.0.113.0/24", "documentation"],
  ["224.0.0.0/4", "multicast"],
  ["240.0.0.0/4", "reserved, and broadcast"],
  ["::/96", "this host, loopback, and IPv4 of old"],
  ["64:ff9b:1::/48", "translation inside of one network"],
  ["100::/64", "discarded"],
  ["2001::/23", "protocols; tunnels to any IPv4 address"],
  ["2001:db8::/32", "documentation"],
  ["2002::/16", "tunnels to any IPv4 address"],
  ["3fff::/20", "documentation"],
  ["5f00::/16", "segment routing"],
  ["fc00::/7", "private; metadata of one cloud"],
  ["fe80::/10", "link-local"],
  ["fec0::/10", "private of old"],
  ["ff00::/8", "multicast"],
];
/** A translator makes a connection to the IPv4 address in the last four bytes (RFC 6052). */
const TRANSLATED = [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

let special: BlockList | null = null;

/** Whether an address, in whatever spelling, is none of a public service. */
export function isSpecial(address: string): boolean {
  special ??= networkList(SPECIAL.map(([network]) => network));
  return isIn(special, address);
}

/** @param networks as `10.0.0.0/8` */
export function networkList(networks: readonly string[]): BlockList {
  const list = new (process.getBuiltinModule("node:net").BlockList)();
  for (const network of networks) {
    const [address = "", bits = ""] = network.split("/");
    list.addSubnet(canonical(address), Number(bits), address.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}

/** An IPv4 address in an IPv6 one counts as the IPv4 address. */
export function isIn(networks: BlockList, address: string): boolean {
  const plain = canonical(address);
  if (!plain.includes(":")) return networks.check(plain, "ipv4");
  const bytes = bytesOf(plain);
  const translated = TRANSLATED.every((byte, index) => bytes[index] === byte);
  return translated ? networks.check([...bytes.subarray(12)].join("."), "ipv4") : networks.check(plain, "ipv6");
}
