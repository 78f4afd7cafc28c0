// A program that says when its first instruction ran: so the way to it and the way back are told apart, for anybody's sandbox.
import type { Turn } from "./contender.ts";
import { wallClock } from "./wall-clock.ts";

const SECONDS_AND_NANOS_BYTES = 16;

/** @param run starts stamp.c's program and gives its output */
export async function stampedTurn(run: () => Promise<Uint8Array>): Promise<Turn> {
  const started = wallClock();
  const output = await run();
  const ended = wallClock();
  const began = readStamp(output);
  return {
    value: ended - started,
    parts: { "to its first instruction": began - started, "from there to the result": ended - began },
  };
}

/** struct timespec, in milliseconds. @throws Error for any other output */
function readStamp(output: Uint8Array): number {
  if (output.byteLength !== SECONDS_AND_NANOS_BYTES)
    throw new Error(`the program wrote ${output.byteLength} bytes, expected ${SECONDS_AND_NANOS_BYTES}`);
  const view = new DataView(output.buffer, output.byteOffset, output.byteLength);
  return Number(view.getBigInt64(0, true)) * 1000 + Number(view.getBigInt64(8, true)) / 1e6;
}
