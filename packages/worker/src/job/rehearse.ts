// A worker goes through the way of a job once before it is copied: codecs are loaded, code is compiled and memory is in
// place then, and no job pays for it. Nothing of a real job is involved.
import { encodeRequest, encodeValue } from "@hutch/core";
import { recv, SOCK, send, socketpair } from "@hutch/syscall";
import { describeError } from "./describe-error.ts";
import { receiveRequest } from "./receive.ts";
import { sendResponse } from "./respond.ts";
import { dispatch, isAsked } from "./run-job.ts";

const MODULE = "data:text/javascript,export default (value) => value;";
const MOST_BYTES = 1024;

/** Call it before the threads are counted. @param times more than once for code that every job runs to be compiled well */
export async function rehearse(times: number): Promise<void> {
  using pair = socketpair(SOCK.STREAM);
  const common = {
    compression: "none",
    inflatedBytes: 0,
    responseBytes: MOST_BYTES,
    payload: encodeValue([1]),
    slots: [],
  } as const;
  const frame = encodeRequest({ kind: "function", module: MODULE, exportName: "default", common });
  const answer = new Uint8Array(MOST_BYTES);
  for (let time = 0; time < times; time++) {
    send(pair.a.fd, frame);
    const received = receiveRequest(pair.b.fd);
    if (received === null || !isAsked(received)) throw new Error("Cannot rehearse a job: its socket is closed");
    const response = await dispatch(received, { waitsFor: "" });
    sendResponse(response, MOST_BYTES, pair.b.fd);
    recv(pair.a.fd, answer);
  }
  describeError(new Error("rehearsed"));
}
