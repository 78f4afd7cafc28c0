// Answers in its runtime's stead, a byte at a time. It is the job's own answer: it may.
import { writeSync } from "node:fs";

const ANSWER = new Uint8Array([9, 0, 0, 0, 1, 0x81, 0x66, ...Buffer.from("forged")]);

export default function forgeSlowly(): never {
  for (const byte of ANSWER) writeSync(3, new Uint8Array([byte]));
  process.exit(0);
}
