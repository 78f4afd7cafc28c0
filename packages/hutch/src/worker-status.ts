// A question to a worker with an answer of its own: it comes on a socket that went with the question, past everything else that
// the two say to each other.
import { decodeStatusReply, type HostMessage, ProtocolError, type StatusReply } from "@hutch/core";
import { type Fd, SOCK, socketpair } from "@hutch/syscall";
import { collectSocket } from "./socket-bytes.ts";

const MAX_REPLY_BYTES = 64;

/**
 * @param send gives the question and the reply's socket to the worker; false when it is gone
 * @returns null when the worker went without an answer
 * @throws ProtocolError for an answer to something else
 */
export async function askStatus(
  send: (message: HostMessage, reply: Fd) => boolean,
  jobId: number,
): Promise<StatusReply | null> {
  const { a, b } = socketpair(SOCK.STREAM);
  const answer = collectSocket(a, MAX_REPLY_BYTES);
  answer.keepAlive(false);
  const asked = send({ kind: "status", jobId }, b.fd);
  b.close();
  const bytes = await answer.bytes;
  if (!asked || bytes.byteLength === 0) return null;
  const reply = decodeStatusReply(bytes);
  if (reply.jobId !== jobId) throw new ProtocolError(`Cannot use a status: job ${reply.jobId} was not asked for`);
  return reply;
}
