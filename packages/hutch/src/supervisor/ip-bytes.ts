// Addresses of IP as bytes and as one spelling. A zone is left out.

/** The 4 or 16 bytes of an address in whatever spelling. */
export function bytesOf(address: string): Uint8Array {
  return address.includes(":") ? sixteenBytes(address) : new Uint8Array(address.split(".").map(Number));
}

/** One spelling for each address of IPv6. */
export function canonical(address: string): string {
  return address.includes(":") ? new URL(`http://[${address.replace(/%.*$/, "")}]/`).hostname.slice(1, -1) : address;
}

function sixteenBytes(address: string): Uint8Array {
  const [head = "", tail] = canonical(address).split("::");
  const split = (part: string | undefined): number[] =>
    part === undefined || part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [before, after] = [split(head), split(tail)];
  const groups = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  return new Uint8Array(groups.flatMap((group) => [group >> 8, group & 0xff]));
}
