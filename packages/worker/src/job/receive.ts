// The job's one request: a frame on its own socket, with memfds beside it. Blocks; the event loop has not begun to run.
import { decodeRequest, type JobRequest, MAX_REQUEST_BYTES, type RequestSlot } from "@hutch/core";
import { controlSpace, unpackRights } from "@hutch/fdpass";
import { type Fd, MSG, type OwnedFd, POLL, poll, tryRecv, tryRecvmsg } from "@hutch/syscall";

export interface ReceivedRequest<R extends JobRequest = JobRequest> {
  readonly request: R;
  readonly descriptors: ReadonlyMap<RequestSlot, OwnedFd>;
}

const LENGTH_BYTES = 4;
/** Most requests are smaller. */
const FIRST_BYTES = 4096;
/** Both slots, and one more to notice a host that sends too many. */
const MOST_DESCRIPTORS = 3;
const EAGAIN = 11;

// SAFETY: over ArrayBuffers of their own, whose storage the kernel may write to through a message header.
// ORDER: made by the worker before it is copied, and small: what a copy makes anew costs it a fault for each page.
const first = new Uint8Array(new ArrayBuffer(FIRST_BYTES));
const control = new Uint8Array(new ArrayBuffer(controlSpace(MOST_DESCRIPTORS)));
const peeked = new Uint8Array(new ArrayBuffer(1));

/** What came together with a frame that something follows. */
let rest: Uint8Array = new Uint8Array();
let restDescriptors: readonly OwnedFd[] = [];

/** Part of the next frame, or all of it, is there: it came with the last one, or can be read without a wait. */
export function requestBegan(socket: Fd): boolean {
  return rest.byteLength > 0 || tryRecv(socket, peeked, MSG.PEEK | MSG.DONTWAIT) !== -EAGAIN;
}

/**
 * Waits for the request, or for what a standby is told before it.
 * @returns null when the host closed the socket instead
 * @throws Error for anything that is not one request with its descriptors
 */
export function receiveRequest(socket: Fd): ReceivedRequest | null {
  const descriptors: OwnedFd[] = [...restDescriptors];
  let buffer: Uint8Array = first;
  let filled = rest.byteLength;
  buffer.set(rest);
  rest = rest.subarray(filled);
  restDescriptors = [];
  for (let wanted = wantedBytes(buffer, filled); filled < wanted; wanted = wantedBytes(buffer, filled)) {
    if (wanted > buffer.byteLength) buffer = larger(buffer.subarray(0, filled), wanted + 1);
    const { bytes, controlBytes, flags } = tryRecvmsg(socket, buffer.subarray(filled), control);
    if (bytes === -EAGAIN) {
      poll([{ fd: socket, events: POLL.IN }], -1);
      continue;
    }
    if (bytes <= 0) return null;
    if ((flags & MSG.CTRUNC) !== 0)
      throw new Error("Cannot read the request: more descriptors came with it than it may have");
    descriptors.push(...unpackRights(control.subarray(0, controlBytes)));
    filled += bytes;
  }
  const end = wantedBytes(buffer, filled);
  const request = decodeRequest(buffer.subarray(LENGTH_BYTES, end));
  if (request.kind === "load") {
    rest = buffer.slice(end, filled);
    restDescriptors = descriptors;
    return { request, descriptors: new Map() };
  }
  if (filled > end) throw new Error(`Cannot read the request: ${filled - end} bytes follow it`);
  return { request, descriptors: bySlot(request.common.slots, descriptors) };
}

/** Of the frame that begins the buffer. */
function wantedBytes(buffer: Uint8Array, filled: number): number {
  return filled < LENGTH_BYTES ? LENGTH_BYTES : LENGTH_BYTES + bodyLength(buffer);
}

/** One byte more than wanted, to notice what follows the request. */
function larger(filled: Uint8Array, byteLength: number): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(byteLength));
  bytes.set(filled);
  return bytes;
}

function bodyLength(buffer: Uint8Array): number {
  const length = new DataView(buffer.buffer, buffer.byteOffset).getUint32(0, true);
  if (length > MAX_REQUEST_BYTES)
    throw new Error(`Cannot read the request: it announces ${length} bytes, ${MAX_REQUEST_BYTES} are allowed`);
  return length;
}

function bySlot(slots: readonly RequestSlot[], descriptors: readonly OwnedFd[]): ReadonlyMap<RequestSlot, OwnedFd> {
  if (slots.length !== descriptors.length)
    throw new Error(`Cannot read the request: it names ${slots.length} descriptors, ${descriptors.length} came`);
  return new Map(slots.map((slot, index) => [slot, descriptors[index] as OwnedFd]));
}
