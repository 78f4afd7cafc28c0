// Bytes of the control messages. Schema-typed and strict: an unknown kind, a truncated packet or trailing bytes are errors.
import type { CoderType } from "micro-packed";
import { ControlReportsSchema } from "../controls-schema.ts";
import { lazy } from "../lazy.ts";
import { CompleteLimitsSchema } from "../limits.ts";
import { parseOptions } from "../options.ts";
import { CompletePolicySchema } from "../policy.ts";
import { describeError } from "../sentence.ts";
import type { DescriptorSlot, HostMessage, StatusReply, WorkerMessage } from "./messages.ts";
import { sharedCoders, type Tagged } from "./packed.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Largest control packet, bytes. Below the smallest default socket buffer, so that one send is one packet. */
export const MAX_MESSAGE_BYTES: number = 128 * 1024;

const SLOT = /^(?:status|stdin|stdout|stderr|job|init|supervisor|handover|cgroup\d{1,3})$/;

const hostMessage: () => CoderType<Tagged<HostMessage>> = lazy(() => {
  const { P, text, texts, choice, json } = sharedCoders();
  const controls = json((value) => parseOptions("controls", ControlReportsSchema, value));
  const policy = json((value) => parseOptions("policy", CompletePolicySchema, value));
  const limits = json((value) => parseOptions("limits", CompleteLimitsSchema, value));
  const slots = P.validate(texts, (names) => {
    const unknown = names.find((name) => !SLOT.test(name));
    if (unknown !== undefined) throw new TypeError(`descriptor "${unknown}" is not known`);
    return names;
  }) as CoderType<readonly DescriptorSlot[]>;
  return P.mappedTag(P.U8, {
    setup: [
      1,
      P.struct({
        policy,
        limits,
        backend: choice("linux-clone", "posix-fork"),
        preload: texts,
        cgroups: P.U8,
        jobsBeside: P.bool,
        missing: controls,
      }),
    ],
    launch: [
      2,
      P.struct({
        jobId: P.U32LE,
        start: choice("warm", "cold", "exec", "await"),
        serves: choice("command", "function"),
        argv: texts,
        env: texts,
        cwd: text,
        limits,
        descriptors: slots,
      }),
    ],
    reap: [3, P.struct({ jobId: P.U32LE })],
    kill: [4, P.struct({ jobId: P.U32LE })],
    retire: [5, P.struct({})],
    status: [6, P.struct({ jobId: P.U32LE })],
  });
});

const workerMessage: () => CoderType<Tagged<WorkerMessage>> = lazy(() => {
  const { P, text, amount, choice, json } = sharedCoders();
  const controls = json((value) => parseOptions("controls", ControlReportsSchema, value));
  return P.mappedTag(P.U8, {
    hello: [1, P.struct({ protocolVersion: P.U32LE, hutchVersion: text, bunVersion: text })],
    ready: [
      2,
      P.struct({ start: choice("warm", "cold"), why: text, threads: P.U16LE, canaryMicros: P.U32LE, controls }),
    ],
    "setup-failed": [3, P.struct({ cause: choice("preload", "sandbox"), message: text })],
    started: [
      4,
      P.struct({
        jobId: P.U32LE,
        setupMicros: P.U32LE,
        begunMicros: amount,
        clonedMicros: P.U32LE,
        walkedMicros: P.U32LE,
        executedMicros: P.U32LE,
      }),
    ],
    "launch-failed": [5, P.struct({ jobId: P.U32LE, errno: P.U16LE, message: text })],
    exited: [
      6,
      P.struct({
        jobId: P.U32LE,
        waitStatus: P.U32LE,
        cpuUserMicros: amount,
        cpuSystemMicros: amount,
      }),
    ],
    log: [7, P.struct({ level: choice("info", "warning", "error"), text })],
  });
});

const statusReply: () => CoderType<Tagged<StatusReply>> = lazy(() => {
  const { P, amount, choice } = sharedCoders();
  const phase = choice("asked", "running", "exited", "gone");
  return P.mappedTag(P.U8, { "status-reply": [1, P.struct({ jobId: P.U32LE, phase, sent: amount })] });
});

function encode<M extends { readonly kind: string }>(coder: CoderType<Tagged<M>>, message: M): Uint8Array {
  const { kind, ...data } = message;
  const bytes = coder.encode({ TAG: kind, data } as unknown as Tagged<M>);
  if (bytes.byteLength > MAX_MESSAGE_BYTES) {
    throw new RangeError(
      `Cannot send a "${kind}" message: it has ${bytes.byteLength} bytes, ${MAX_MESSAGE_BYTES} are allowed`,
    );
  }
  return bytes;
}

function decode<M extends { readonly kind: string }>(
  coder: () => CoderType<Tagged<M>>,
  bytes: Uint8Array,
  sender: string,
): M {
  if (bytes.byteLength > MAX_MESSAGE_BYTES) {
    throw new ProtocolError(
      `Cannot read a message of the ${sender}: it has ${bytes.byteLength} bytes, ${MAX_MESSAGE_BYTES} are allowed`,
    );
  }
  try {
    const { TAG, data } = coder().decode(bytes);
    return { kind: TAG, ...data } as unknown as M;
  } catch (error) {
    throw new ProtocolError(`Cannot read a message of the ${sender}: ${describeError(error)}`, { cause: error });
  }
}

/** One packet. @throws RangeError when the message is larger than a packet may be, or a number of it is out of range */
export function encodeHostMessage(message: HostMessage): Uint8Array {
  return encode(hostMessage(), message);
}

/** @param bytes one packet, whole @throws ProtocolError */
export function decodeHostMessage(bytes: Uint8Array): HostMessage {
  return decode(hostMessage, bytes, "host");
}

/** One packet. @throws RangeError when the message is larger than a packet may be, or a number of it is out of range */
export function encodeWorkerMessage(message: WorkerMessage): Uint8Array {
  return encode(workerMessage(), message);
}

/** @param bytes one packet, whole @throws ProtocolError */
export function decodeWorkerMessage(bytes: Uint8Array): WorkerMessage {
  return decode(workerMessage, bytes, "worker");
}

/** The whole answer on a reply socket. */
export function encodeStatusReply(reply: StatusReply): Uint8Array {
  return encode(statusReply(), reply);
}

/** @param bytes everything that came on the reply socket until it closed @throws ProtocolError */
export function decodeStatusReply(bytes: Uint8Array): StatusReply {
  return decode(statusReply, bytes, "worker");
}
