// What host and job say to each other on the job's own socket: one request frame down, one response frame up.
// A frame is its length (32 bits, little-endian, without itself), one byte of kind, and the body.
// TRUST: response bytes are the job's. They are kept as bytes until the job ended, then read once by decodeResponse.
import type { CoderType } from "micro-packed";
import type { Compression } from "../job.ts";
import { lazy } from "../lazy.ts";
import { describeError } from "../sentence.ts";
import { sharedCoders, type Tagged } from "./packed.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Descriptors sent with the request, in this order and only where named: sealed memfds. */
export type RequestSlot = "payload" | "module";

export type JobRequest =
  /** To a standby: evaluate the module now, the request follows. Not answered. */
  | { readonly kind: "load"; readonly module: string; readonly checksum: string }
  | { readonly kind: "function"; readonly module: string; readonly exportName: string; readonly common: RequestCommon }
  | {
      readonly kind: "command";
      readonly argv: readonly string[];
      readonly env: readonly string[];
      readonly common: RequestCommon;
    }
  | { readonly kind: "wasm-prepare"; readonly common: RequestCommon }
  | { readonly kind: "wasm"; readonly exportName: string; readonly common: RequestCommon }
  | { readonly kind: "wasi"; readonly argv: readonly string[]; readonly common: RequestCommon };

export interface RequestCommon {
  readonly compression: Compression;
  readonly inflatedBytes: number;
  /** Most bytes that the response's body may have. */
  readonly responseBytes: number;
  /** The payload itself when it is small; otherwise empty, and the first descriptor is a memfd of it. */
  readonly payload: Uint8Array;
  readonly slots: readonly RequestSlot[];
  /** SHA-256 in hex of prepared code: of the memfd "module", or of a function's module. Empty where nobody prepared it. */
  readonly checksum: string;
}

/** Payloads up to this size travel in the request frame. */
export const INLINE_PAYLOAD_BYTES: number = 32 * 1024;
export const MAX_REQUEST_BYTES: number = 128 * 1024;

/** What 32 bits of length can say. */
const MAX_FRAME_BYTES = 2 ** 32 - 1;

/** First byte of a response's body. With RESPONSE_TIMED added, a JobMoments follows it. */
export const RESPONSE_VALUE = 1;
export const RESPONSE_ERROR = 2;
export const RESPONSE_INVALID_PAYLOAD = 3;
const RESPONSE_RUNTIME_FAILED = 4;
export const RESPONSE_INVALID_ARTIFACT = 5;
const RESPONSE_TIMED = 0x80;
const MOMENTS_BYTES = 4 * 8;

export type JobResponse =
  /** An encoded value for functions, raw bytes for wasm, the encoded manifest for wasm-prepare. */
  | { readonly kind: "value"; readonly bytes: Uint8Array }
  | { readonly kind: "error"; readonly name: string; readonly message: string; readonly stack: string }
  | { readonly kind: "invalid-payload"; readonly why: string }
  /** The prepared code is not that of the request's checksum. TRUST: the host looks for itself whether that is so. */
  | { readonly kind: "invalid-artifact"; readonly why: string };

/**
 * When the runtime of a job did what only it can see: milliseconds of CLOCK_MONOTONIC, 0 for what it did not see.
 * TRUST: the job's word, as all of its answer. Good for timings and for nothing else.
 */
export interface JobMoments {
  /** A copy's plan was walked to its end. */
  readonly walkedMs: number;
  /** The first instruction of the runtime in the job. */
  readonly startedMs: number;
  readonly requestReadMs: number;
  readonly answeredMs: number;
}

const request: () => CoderType<Tagged<JobRequest>> = lazy(() => {
  const { P, text, texts, list, amount, choice } = sharedCoders();
  const common = P.struct({
    compression: choice("none", "zstd"),
    inflatedBytes: amount,
    responseBytes: amount,
    payload: P.bytes(P.U32LE),
    slots: list(P.U8, choice<RequestSlot[]>("payload", "module")),
    checksum: text,
  });
  return P.mappedTag(P.U8, {
    function: [1, P.struct({ module: text, exportName: text, common })],
    command: [2, P.struct({ argv: texts, env: texts, common })],
    "wasm-prepare": [3, P.struct({ common })],
    wasm: [4, P.struct({ exportName: text, common })],
    wasi: [5, P.struct({ argv: texts, common })],
    load: [6, P.struct({ module: text, checksum: text })],
  });
});

/** Most characters of each text of an error: four bytes each at most. */
const MAX_ERROR_CHARACTERS = 16 * 1024;
/** Name, message and stack of an error with their lengths. */
const MAX_ERROR_BYTES = 3 * (4 + 4 * MAX_ERROR_CHARACTERS);

const errorBody = lazy(() => {
  const { P, text } = sharedCoders();
  return P.struct({ name: text, message: text, stack: text });
});
const whyBody = lazy(() => {
  const { P, text } = sharedCoders();
  return P.struct({ why: text });
});

function frame(body: Uint8Array): Uint8Array {
  if (body.byteLength > MAX_FRAME_BYTES)
    throw new RangeError(`Cannot send a frame: it has ${body.byteLength} bytes, ${MAX_FRAME_BYTES} are allowed`);
  const bytes = new Uint8Array(4 + body.byteLength);
  new DataView(bytes.buffer).setUint32(0, body.byteLength, true);
  bytes.set(body, 4);
  return bytes;
}

/** A whole frame, ready to send. @throws RangeError when it is larger than a request may be, or an amount is not one */
export function encodeRequest(value: JobRequest): Uint8Array {
  const { kind, ...data } = value;
  const body = request().encode({ TAG: kind, data } as unknown as Tagged<JobRequest>);
  if (body.byteLength > MAX_REQUEST_BYTES) {
    throw new RangeError(`Cannot send the request: it has ${body.byteLength} bytes, ${MAX_REQUEST_BYTES} are allowed`);
  }
  return frame(body);
}

/** @param body a frame's body, without the length @throws ProtocolError when it is not one request */
export function decodeRequest(body: Uint8Array): JobRequest {
  if (body.byteLength > MAX_REQUEST_BYTES) {
    throw new ProtocolError(
      `Cannot read the request: it has ${body.byteLength} bytes, ${MAX_REQUEST_BYTES} are allowed`,
    );
  }
  try {
    const { TAG, data } = request().decode(body);
    return { kind: TAG, ...data } as unknown as JobRequest;
  } catch (error) {
    throw new ProtocolError(`Cannot read the request: ${describeError(error)}`, { cause: error });
  }
}

/**
 * A whole frame. Texts of errors are cut to 16,384 characters each.
 * @param moments null for an answer that says nothing of them
 */
export function encodeResponse(response: JobResponse, moments: JobMoments | null = null): Uint8Array {
  switch (response.kind) {
    case "value":
      return frame(prefixed(RESPONSE_VALUE, response.bytes, moments));
    case "error": {
      const { name, message, stack } = response;
      const body = errorBody().encode({ name: cut(name), message: cut(message), stack: cut(stack) });
      return frame(prefixed(RESPONSE_ERROR, body, moments));
    }
    case "invalid-payload":
      return frame(prefixed(RESPONSE_INVALID_PAYLOAD, whyBody().encode({ why: cut(response.why) }), moments));
    case "invalid-artifact":
      return frame(prefixed(RESPONSE_INVALID_ARTIFACT, whyBody().encode({ why: cut(response.why) }), moments));
  }
}

/** A whole frame that says that our runtime failed before any code of the job ran. It decodes as an invalid answer. */
export function encodeRuntimeFailure(why: string): Uint8Array {
  return frame(prefixed(RESPONSE_RUNTIME_FAILED, whyBody().encode({ why: cut(why) }), null));
}

function prefixed(tag: number, body: Uint8Array, moments: JobMoments | null): Uint8Array {
  const headBytes = moments === null ? 1 : 1 + MOMENTS_BYTES;
  const bytes = new Uint8Array(headBytes + body.byteLength);
  bytes[0] = moments === null ? tag : tag | RESPONSE_TIMED;
  if (moments !== null) {
    const view = new DataView(bytes.buffer, 1);
    view.setFloat64(0, moments.walkedMs, true);
    view.setFloat64(8, moments.startedMs, true);
    view.setFloat64(16, moments.requestReadMs, true);
    view.setFloat64(24, moments.answeredMs, true);
  }
  bytes.set(body, headBytes);
  return bytes;
}

function cut(value: string): string {
  // ORDER: the cut may split a surrogate pair.
  return value.slice(0, MAX_ERROR_CHARACTERS).toWellFormed();
}

/** What the bytes of a job's socket amount to, all of them, after it ended. */
export type DecodedResponse =
  | JobResponse
  | { readonly kind: "missing" }
  | { readonly kind: "invalid"; readonly why: string };

/**
 * Never throws: whatever a job sends is one of these. The bytes of a value are a view, and not decoded yet.
 * @param bytes all that the job sent on its socket
 * @param maxBytes most bytes of a value
 */
export function decodeResponse(bytes: Uint8Array, maxBytes: number): DecodedResponse {
  if (bytes.byteLength === 0) return { kind: "missing" };
  if (bytes.byteLength < 5) return invalid(`its answer was cut off after ${bytes.byteLength} bytes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const timed = isTimed(bytes);
  const body = bytes.subarray(4);
  const kind = timed ? (body[0] ?? 0) - RESPONSE_TIMED : body[0];
  const headBytes = timed ? 1 + MOMENTS_BYTES : 1;
  // ORDER: the length that is announced comes first, so that an endless answer is called too long and not cut off.
  const most = kind === RESPONSE_VALUE ? maxBytes : MAX_ERROR_BYTES;
  if (length > most + headBytes) return invalid(`its answer has ${length - headBytes} bytes, ${most} are allowed`);
  if (body.byteLength < length) return invalid(`its answer was cut off after ${body.byteLength} of ${length} bytes`);
  if (body.byteLength > length) return invalid(`it sent ${body.byteLength - length} bytes after its answer`);
  if (length < headBytes) return invalid("its answer ends in its times");
  const rest = body.subarray(headBytes);
  try {
    switch (kind) {
      case RESPONSE_VALUE:
        return { kind: "value", bytes: rest };
      case RESPONSE_ERROR:
        return { kind: "error", ...errorBody().decode(rest) };
      case RESPONSE_INVALID_PAYLOAD:
        return { kind: "invalid-payload", ...whyBody().decode(rest) };
      case RESPONSE_INVALID_ARTIFACT:
        return { kind: "invalid-artifact", ...whyBody().decode(rest) };
      // TRUST: a job can send this too. So it is never more than a broken answer, and the host is not blamed for it.
      case RESPONSE_RUNTIME_FAILED:
        return invalid(`the runtime failed before the job's code ran: ${describeError(whyBody().decode(rest).why)}`);
      default:
        return invalid(`its answer is of unknown kind ${body[0]}`);
    }
  } catch (error) {
    return invalid(`its answer does not decode: ${describeError(error)}`);
  }
}

/** @param bytes all that the job sent on its socket @returns null where it says nothing of them */
export function decodeMoments(bytes: Uint8Array): JobMoments | null {
  if (!isTimed(bytes) || bytes.byteLength < 5 + MOMENTS_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + 5);
  const at = (index: number): number => view.getFloat64(8 * index, true);
  return { walkedMs: at(0), startedMs: at(1), requestReadMs: at(2), answeredMs: at(3) };
}

function isTimed(bytes: Uint8Array): boolean {
  return ((bytes[4] ?? 0) & RESPONSE_TIMED) !== 0;
}

function invalid(why: string): DecodedResponse {
  return { kind: "invalid", why };
}
