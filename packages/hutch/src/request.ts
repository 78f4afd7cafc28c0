// A job as the request that it finds on its own socket. Payloads that are not small travel as sealed memfds, so neither the
// worker nor a socket buffer ever holds them.
import {
  encodeRequest,
  environmentList,
  HostError,
  INLINE_PAYLOAD_BYTES,
  type Job,
  type JobRequest,
  type Limits,
  type Payload,
  type RequestCommon,
  type RequestSlot,
} from "@hutch/core";
import { packRights } from "@hutch/fdpass";
import { type Fd, MSG, type OwnedFd, sealedMemfd, trySendmsg } from "@hutch/syscall";

const EPIPE = 32;
/** Of code that nobody prepared. */
const NO_CHECKSUM = "";

/** What the runtime needs beside the job itself. */
export interface RequestContext {
  readonly env: Readonly<Record<string, string>>;
  readonly limits: Limits;
}

/**
 * Sends the whole request now: it fits the socket's buffer, whatever the job does.
 * @param socket the host's end of the job's socket
 * @throws HostError when the kernel takes no more
 */
export function sendRequest(socket: Fd, job: Job, context: RequestContext): void {
  using attached = new DisposableStack();
  const slots: RequestSlot[] = [];
  const descriptors: OwnedFd[] = [];
  const attach = (slot: RequestSlot, bytes: Uint8Array): void => {
    slots.push(slot);
    descriptors.push(attached.use(sealedMemfd(slot, bytes)));
  };
  const { payload, module } = partsOf(job);
  const inline = payload.bytes.byteLength <= INLINE_PAYLOAD_BYTES;
  if (!inline) attach("payload", payload.bytes);
  if (module !== null) attach("module", module);
  const common: RequestCommon = {
    compression: payload.compression,
    inflatedBytes: context.limits.inflatedBytes,
    responseBytes: context.limits.outputBytes,
    payload: inline ? payload.bytes : new Uint8Array(),
    slots,
    checksum: "checksum" in job ? (job.checksum ?? NO_CHECKSUM) : NO_CHECKSUM,
  };
  sendAtOnce(
    socket,
    encodeRequest(requestOf(job, common, context)),
    descriptors.map((end) => end.fd),
  );
}

/** To a standby, before its request. @param checksum of a bundle @throws HostError when the kernel takes no more */
export function sendLoad(socket: Fd, module: string, checksum: string | null): void {
  sendAtOnce(socket, encodeRequest({ kind: "load", module, checksum: checksum ?? NO_CHECKSUM }), []);
}

/** To a standby for a command. @param frame of encodeCommand() @throws HostError when the kernel takes no more */
export function sendCommand(socket: Fd, frame: Uint8Array, stdin: Fd): void {
  sendAtOnce(socket, frame, [stdin]);
}

function sendAtOnce(socket: Fd, bytes: Uint8Array, descriptors: readonly Fd[]): void {
  const sent = trySendmsg(socket, bytes, packRights(descriptors), MSG.DONTWAIT);
  // A standby may have ended before it was asked: whoever supervises it is told how, and that is what the caller hears.
  if (sent === -EPIPE) return;
  if (sent !== bytes.byteLength)
    throw new HostError(
      "HOST_FAILURE",
      `Cannot send the request to the job: ${sent < 0 ? `errno ${-sent}` : `${sent} of ${bytes.byteLength} bytes were taken`}`,
    );
}

const NOTHING: Payload = { bytes: new Uint8Array(), compression: "none" };

function partsOf(job: Job): { readonly payload: Payload; readonly module: Uint8Array | null } {
  switch (job.kind) {
    case "command":
      return { payload: job.stdin ?? NOTHING, module: null };
    case "function":
      return { payload: job.args, module: null };
    case "wasm-prepare":
      return { payload: job.module, module: null };
    case "wasm":
      return { payload: job.input, module: job.module };
    case "wasi":
      return { payload: job.stdin, module: job.module };
  }
}

function requestOf(job: Job, common: RequestCommon, context: RequestContext): JobRequest {
  switch (job.kind) {
    case "command":
      return {
        kind: "command",
        argv: job.argv,
        env: environmentList(context.env),
        common,
      };
    case "function":
      return { kind: "function", module: job.module, exportName: job.exportName, common };
    case "wasm-prepare":
      return { kind: "wasm-prepare", common };
    case "wasm":
      return { kind: "wasm", exportName: job.exportName, common };
    case "wasi":
      return { kind: "wasi", argv: job.argv, common };
  }
}
