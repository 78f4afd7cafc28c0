import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { bytesOf } from "../../src/supervisor/ip-bytes.ts";
import { encodeAddress, parseAddress } from "../../src/supervisor/socket-address.ts";
import { isIn, isSpecial, networkList } from "../../src/supervisor/special-addresses.ts";

describe("isSpecial()", () => {
  test.each([
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.1.2.3",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "64:ff9b::169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2001::1",
    "2002:7f00:1::",
    "fd00:ec2::254",
    "FE80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
  ])("%s is", (address) => {
    expect(isSpecial(address)).toBe(true);
  });

  test.each([
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001::8",
    "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1",
    "fbff::1",
  ])("%s is not", (address) => {
    expect(isSpecial(address)).toBe(false);
  });
});

test("a network of the policy holds what is in it, in whatever spelling", () => {
  const networks = networkList(["10.0.0.0/8", "fd00::/8"]);
  expect(["10.1.1.1", "::ffff:10.1.1.1", "64:ff9b::a01:101", "fd12::1"].map((each) => isIn(networks, each))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(["11.1.1.1", "fe80::1", "127.0.0.1"].map((each) => isIn(networks, each))).toEqual([false, false, false]);
});

describe("socket addresses", () => {
  test("are read as they were written", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(65_535), (address, port) => {
        // A policy with a spelling that the runtime does not read is refused.
        fc.pre(!address.includes(":") || URL.canParse(`http://[${address}]/`));
        const encoded = encodeAddress({ address, port });
        const parsed = parseAddress(encoded);
        if (parsed === null) throw new Error("nothing was read");
        expect(parsed.port).toBe(port);
        const plain = parsed.address.includes(":") === address.includes(":");
        if (plain) expect(bytesOf(parsed.address)).toEqual(bytesOf(address));
        // An IPv4 address in an IPv6 one comes back as the IPv4 address.
        else expect(bytesOf(address).subarray(12)).toEqual(bytesOf(parsed.address));
      }),
    );
  });

  test("of whatever bytes are an address, or none", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 128 }), (bytes) => {
        const parsed = parseAddress(bytes);
        if (parsed !== null) expect([4, 16]).toContain(bytesOf(parsed.address).byteLength);
      }),
    );
  });
});
