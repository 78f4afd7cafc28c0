// A job that says of its prepared code that it is damaged, which it is not.
import { writeSync } from "node:fs";
import { native } from "./native-calls.ts";

const JOB_SOCKET = 3;
/** Length, kind "invalid-artifact", and an empty text. */
const ANSWER = new Uint8Array([5, 0, 0, 0, 5, 0, 0, 0, 0]);

export function sayDamaged(): never {
  writeSync(JOB_SOCKET, ANSWER);
  native("_exit", 0);
  throw new Error("it went on");
}
export const whole = (): string => "whole";
