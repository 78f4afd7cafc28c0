import { describe, expect, test } from "bun:test";
import {
  decideVerdict,
  decodeMoments,
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  encodeRuntimeFailure,
  type JobRequest,
  type JobResponse,
  MAX_REQUEST_BYTES,
  ProtocolError,
  RESPONSE_ERROR,
  type RequestSlot,
} from "@hutch/core";
import { sampleEvidence } from "@hutch/core/testing";
import fc from "fast-check";
import { damages, thrownBy } from "./damage.ts";

const text = fc.string({ unit: "binary", maxLength: 40 });
const texts = fc.array(text, { maxLength: 5 });
const common = fc.record({
  compression: fc.constantFrom("none", "zstd"),
  inflatedBytes: fc.maxSafeNat(),
  responseBytes: fc.maxSafeNat(),
  payload: fc.uint8Array(),
  slots: fc.array(fc.constantFrom<RequestSlot[]>("payload", "module"), { maxLength: 2 }),
  checksum: text,
});
const requests: fc.Arbitrary<JobRequest> = fc.oneof(
  fc.record({ kind: fc.constant("function"), module: text, exportName: text, common }),
  fc.record({ kind: fc.constant("command"), argv: texts, env: texts, common }),
  fc.record({ kind: fc.constant("wasm-prepare"), common }),
  fc.record({ kind: fc.constant("wasm"), exportName: text, common }),
  fc.record({ kind: fc.constant("wasi"), argv: texts, common }),
  fc.record({ kind: fc.constant("load"), module: text, checksum: text }),
);
const responses: fc.Arbitrary<JobResponse> = fc.oneof(
  fc.record({ kind: fc.constant("value"), bytes: fc.uint8Array() }),
  fc.record({ kind: fc.constant("error"), name: text, message: text, stack: text }),
  fc.record({ kind: fc.constant("invalid-payload"), why: text }),
  fc.record({ kind: fc.constant("invalid-artifact"), why: text }),
);

const sample = { walkedMs: 1, startedMs: 2, requestReadMs: 3, answeredMs: 4 };

/** The frame's body, and a check of its length. */
function body(frame: Uint8Array): Uint8Array {
  expect(new DataView(frame.buffer).getUint32(0, true)).toBe(frame.byteLength - 4);
  return frame.subarray(4);
}

describe("decodeRequest()", () => {
  const settles = (bytes: Uint8Array): void => {
    try {
      decodeRequest(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  };

  test("brings back every request", () => {
    fc.assert(
      fc.property(requests, (request) => expect(decodeRequest(body(encodeRequest(request)))).toStrictEqual(request)),
      { numRuns: 300 },
    );
  });

  test("refuses what is cut off, followed by more, too large, or of unknown kind", () => {
    fc.assert(
      fc.property(requests, fc.nat(), (request, at) => {
        const bytes = body(encodeRequest(request));
        expect(thrownBy(() => decodeRequest(bytes.subarray(0, at % bytes.byteLength)))).toBeInstanceOf(ProtocolError);
        expect(thrownBy(() => decodeRequest(Uint8Array.of(...bytes, 0)))).toBeInstanceOf(ProtocolError);
      }),
    );
    expect(() => decodeRequest(new Uint8Array(MAX_REQUEST_BYTES + 1))).toThrow("131073 bytes, 131072 are allowed");
    for (const kind of [0, 6, 255]) expect(() => decodeRequest(Uint8Array.of(kind, 0, 0))).toThrow(ProtocolError);
  });

  test("gives a request or a ProtocolError for random and damaged bytes", () => {
    fc.assert(fc.property(fc.uint8Array(), settles), { numRuns: 1000 });
    fc.assert(
      fc.property(requests, damages, (request, damage) => settles(damage(encodeRequest(request).slice(4)))),
      { numRuns: 1000 },
    );
  });
});

describe("encodeRequest()", () => {
  test("refuses a request that is too large and amounts that are none", () => {
    const parts = {
      compression: "none",
      inflatedBytes: 0,
      responseBytes: 0,
      payload: new Uint8Array(0),
      slots: [],
      checksum: "",
    } as const;
    expect(() =>
      encodeRequest({ kind: "wasm-prepare", common: { ...parts, payload: new Uint8Array(MAX_REQUEST_BYTES) } }),
    ).toThrow(RangeError);
    for (const inflatedBytes of [-1, 0.5, Number.NaN, Infinity]) {
      expect(() => encodeRequest({ kind: "wasm-prepare", common: { ...parts, inflatedBytes } })).toThrow(
        "is not an amount",
      );
    }
  });
});

describe("decodeResponse()", () => {
  test("brings back every response", () => {
    fc.assert(
      fc.property(responses, (response) =>
        expect(decodeResponse(encodeResponse(response), 1000)).toStrictEqual(response),
      ),
      { numRuns: 300 },
    );
  });

  test("never throws, and calls whatever is not one whole answer invalid", () => {
    fc.assert(
      fc.property(responses, fc.nat(), fc.uint8Array({ minLength: 1 }), (response, at, extra) => {
        const bytes = encodeResponse(response);
        const end = 1 + (at % (bytes.byteLength - 1));
        expect(decodeResponse(bytes.subarray(0, end), 1000).kind).toBe("invalid");
        expect(decodeResponse(Uint8Array.of(...bytes, ...extra), 1000).kind).toBe("invalid");
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(50), (bytes, most) => void decodeResponse(bytes, most)),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(responses, damages, (response, damage) => void decodeResponse(damage(encodeResponse(response)), 20)),
      { numRuns: 2000 },
    );
  });

  test("says how an answer is wrong", () => {
    const value = encodeResponse({ kind: "value", bytes: new Uint8Array(10) });
    expect(decodeResponse(new Uint8Array(0), 10)).toEqual({ kind: "missing" });
    expect(decodeResponse(value, 10).kind).toBe("value");
    expect(decodeResponse(value, 9)).toEqual({ kind: "invalid", why: "its answer has 10 bytes, 9 are allowed" });
    expect(decodeResponse(value.subarray(0, 3), 10)).toEqual({
      kind: "invalid",
      why: "its answer was cut off after 3 bytes",
    });
    expect(decodeResponse(value.subarray(0, 8), 10)).toEqual({
      kind: "invalid",
      why: "its answer was cut off after 4 of 11 bytes",
    });
    expect(decodeResponse(Uint8Array.of(...value, ...value), 10)).toEqual({
      kind: "invalid",
      why: "it sent 15 bytes after its answer",
    });
    expect(decodeResponse(Uint8Array.of(1, 0, 0, 0, 77), 10)).toEqual({
      kind: "invalid",
      why: "its answer is of unknown kind 77",
    });
    const endless = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1, 2);
    expect(decodeResponse(endless, 10)).toEqual({
      kind: "invalid",
      why: "its answer has 4294967294 bytes, 10 are allowed",
    });
    const longError = new Uint8Array(5 + 300_000);
    new DataView(longError.buffer).setUint32(0, 300_001, true);
    longError[4] = RESPONSE_ERROR;
    expect(decodeResponse(longError, 2 ** 30)).toEqual({
      kind: "invalid",
      why: "its answer has 300000 bytes, 196620 are allowed",
    });
  });
});

describe("decodeMoments()", () => {
  const moments = fc.record({
    walkedMs: fc.double(),
    startedMs: fc.double(),
    requestReadMs: fc.double(),
    answeredMs: fc.double(),
  });

  test("brings back when a job did what, and the answer is as it is without", () => {
    fc.assert(
      fc.property(responses, moments, (response, told) => {
        const bytes = encodeResponse(response, told);
        expect(decodeMoments(bytes)).toStrictEqual(told);
        expect(decodeResponse(bytes, 1000)).toStrictEqual(response);
        expect(decodeMoments(encodeResponse(response))).toBeNull();
      }),
    );
  });

  test("takes whatever a job sends for moments or for none, and a cut answer is still an invalid one", () => {
    fc.assert(
      fc.property(responses, moments, fc.nat(), (response, told, at) => {
        const bytes = encodeResponse(response, told);
        const cut = bytes.subarray(0, 1 + (at % (bytes.byteLength - 1)));
        expect(decodeResponse(cut, 1000).kind).toBe("invalid");
        expect(decodeMoments(cut) === null).toBe(cut.byteLength < 4 + 1 + 4 * 8);
      }),
    );
    const value = encodeResponse({ kind: "value", bytes: new Uint8Array(10) }, sample);
    expect(decodeResponse(value, 10).kind).toBe("value");
    expect(decodeResponse(value, 9)).toEqual({ kind: "invalid", why: "its answer has 10 bytes, 9 are allowed" });
    const short = Uint8Array.of(3, 0, 0, 0, 0x81, 1, 2);
    expect(decodeResponse(short, 10)).toEqual({ kind: "invalid", why: "its answer ends in its times" });
    expect(decodeMoments(short)).toBeNull();
    expect(decodeMoments(new Uint8Array(0))).toBeNull();
  });
});

describe("encodeResponse()", () => {
  test("cuts long texts of an error, also between the halves of a pair, so that every error arrives", () => {
    const long = `${"x".repeat(16 * 1024 - 1)}${"\u{1f600}".repeat(20_000)}`;
    const response = decodeResponse(encodeResponse({ kind: "error", name: "E", message: long, stack: "\ud800" }), 0);
    if (response.kind !== "error") throw new Error(`expected an error, got ${JSON.stringify(response)}`);
    expect(response.message).toBe(`${"x".repeat(16 * 1024 - 1)}\ufffd`);
    expect(response.stack).toBe("\ufffd");
  });
});

describe("encodeRuntimeFailure", () => {
  test("is a broken answer to the host, whose blame is ambiguous: a job can send it too", () => {
    const response = decodeResponse(encodeRuntimeFailure("no\nway"), 10);
    expect(response).toEqual({ kind: "invalid", why: "the runtime failed before the job's code ran: no way" });
    const invalid = { kind: "invalid", why: "x" } as const;
    const verdict = decideVerdict(sampleEvidence({ response: invalid, exit: { kind: "exited", code: 125 } }));
    expect(verdict).toMatchObject({ status: "invalid-response", blame: "ambiguous", retry: "once" });
  });
});
