// A worker goes through the way of a job once before it is copied: codecs are loaded, code is compiled and memory is in
// place then, and no job pays for it. Nothing of a real job is involved.
import { encodeRequest, encodeValue } from "@hutch/core";
import { recv, SOCK, send, socketpair } from "@hutch/syscall";
import { describeError } from "./describe-error.ts";
import type { Stage } from "./respond.ts";

const MODULE = "data:text/javascript,export default (value) => value;";
const MOST_BYTES = 1024;

/**
 * Call it before the threads are counted.
 * @param times more than once for code that every job runs to be compiled well
 * @param run runs a job, which ends on its stage
 */
export async function rehearse(times: number, run: (stage: Stage) => void): Promise<void> {
  using pair = socketpair(SOCK.STREAM);
  const common = {
    compression: "none",
    inflatedBytes: 0,
    responseBytes: MOST_BYTES,
    payload: encodeValue([1]),
    slots: [],
    checksum: "",
  } as const;
  const frame = encodeRequest({ kind: "function", module: MODULE, exportName: "default", common });
  const answer = new Uint8Array(MOST_BYTES);
  for (let time = 0; time < times; time++) {
    send(pair.a.fd, frame);
    const answered = Promise.withResolvers<void>();
    run({ socket: pair.b.fd, kind: "rehearsal", exit: () => answered.resolve(), fail: answered.reject });
    await answered.promise;
    recv(pair.a.fd, answer);
  }
  describeError(new Error("rehearsed"));
}
