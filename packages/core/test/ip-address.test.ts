import { describe, expect, test } from "bun:test";
import { parsePolicy } from "@hutch/core";

describe("policy.supervise.mayResolveTo", () => {
  test.each(["10.0.0.0/8", "127.0.0.1/32", "0.0.0.0/0", "::1/128", "fd00::/8", "::ffff:10.0.0.0/104", "::/0"])(
    "takes %s",
    (network) => {
      expect(parsePolicy({ supervise: { mayResolveTo: [network] } }).supervise?.mayResolveTo).toEqual([network]);
    },
  );

  test.each([
    "",
    "10.0.0.0",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0/8",
    "::1/129",
    "::1",
    "a/8",
    "10.0.0.0/8/8",
    "[::1]/128",
  ])("refuses %j", (network) => {
    expect(() => parsePolicy({ supervise: { mayResolveTo: [network] } })).toThrow(
      'Cannot use policy.supervise.mayResolveTo[0] = "',
    );
  });
});
