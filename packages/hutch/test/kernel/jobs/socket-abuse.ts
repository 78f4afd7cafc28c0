// What a hostile job may do with its own socket, which is descriptor 3.
import { closeSync, writeSync } from "node:fs";

/** Length, kind "value", CBOR 1. */
const ANSWER = new Uint8Array([2, 0, 0, 0, 1, 1]);

export function closesSocket(): number {
  closeSync(3);
  return 1;
}
export function answersAndExits1(): never {
  writeSync(3, ANSWER);
  process.exit(1);
}
export function answersTwice(): number {
  writeSync(3, ANSWER);
  return 1;
}
export function answersHalf(): never {
  writeSync(3, ANSWER.subarray(0, 5));
  process.kill(process.pid, "SIGKILL");
  throw new Error("still here");
}
export function announcesTooMuch(): never {
  writeSync(3, new Uint8Array([255, 255, 255, 255, 1]));
  process.exit(0);
}
export function answersWhatDoesNotDecode(): never {
  writeSync(3, new Uint8Array([2, 0, 0, 0, 1, 0xff]));
  process.exit(0);
}
export function exits0(): never {
  process.exit(0);
}
export function returnsTooMuch(): Uint8Array {
  return new Uint8Array(100_000);
}
export function well(): string {
  return "well";
}
