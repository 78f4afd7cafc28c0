import { describe, expect, test } from "bun:test";
import { type Hello, PROTOCOL_VERSION, refuseHello } from "@hutch/core";

const host = { hutchVersion: "1.2.3", bunVersion: "1.4.5" };
const hello: Hello = { kind: "hello", protocolVersion: PROTOCOL_VERSION, ...host };

describe("refuseHello()", () => {
  test("takes a worker of the same Hutch, Bun and protocol", () => {
    expect(refuseHello(hello, host)).toBeNull();
  });

  test.each([
    [{ protocolVersion: PROTOCOL_VERSION + 1 }, `protocol ${PROTOCOL_VERSION + 1}, the host ${PROTOCOL_VERSION}`],
    [{ hutchVersion: "1.2.4" }, "Hutch 1.2.4, the host 1.2.3"],
    [{ bunVersion: "1.4.6" }, "Bun 1.4.6, the host 1.4.5"],
  ])("refuses %j and says what differs", (change, words) => {
    expect(refuseHello({ ...hello, ...change }, host)).toContain(words);
  });
});
