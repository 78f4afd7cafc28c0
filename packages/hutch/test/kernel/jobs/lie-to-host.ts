// What a job can do to the host with its socket, its output and its end.
import { ptr } from "bun:ffi";
import { writeSync } from "node:fs";
import { native } from "./native-calls.ts";

const JOB_SOCKET = 3;
const PTRACE_SEIZE = 0x4206;
/** Length, kind "value", CBOR 42. */
const ANSWER = new Uint8Array([3, 0, 0, 0, 1, 0x18, 42]);

/** Answers, then goes on in a way that does not fit. */
export function answerThen(how: "stop" | "die" | "leave" | "be traced" | "go deaf"): never {
  writeSync(JOB_SOCKET, ANSWER);
  if (how === "stop") native("kill", native("getpid"), 19);
  if (how === "go deaf") native("shutdown", JOB_SOCKET, 2);
  if (how !== "go deaf" && native("fork") === 0) {
    if (how === "be traced") native("ptrace", PTRACE_SEIZE, 2, 0, 0);
    native("usleep", 20_000);
    if (how === "die") native("kill", 2, 9);
    for (;;) native("pause");
  }
  if (how === "be traced") native("usleep", 10_000);
  if (how === "leave" || how === "be traced") native("_exit", 0);
  for (;;) native("pause");
}

/** Sends descriptors to the host, which wants none. */
export function sendDescriptors(messages: number): number {
  const byte = new Uint8Array([0]);
  const vector = new BigUint64Array([BigInt(ptr(byte)), 1n]);
  const control = new Int32Array(4 + 200).fill(1);
  control.set([control.byteLength, 0, 1, 1]);
  const header = new BigUint64Array([
    0n,
    0n,
    BigInt(ptr(vector)),
    1n,
    BigInt(ptr(control)),
    BigInt(control.byteLength),
    0n,
  ]);
  let sent = 0;
  for (let i = 0; i < messages; i++) if (native("sendmsg", JOB_SOCKET, new Uint8Array(header.buffer), 0x40) > 0) sent++;
  return sent;
}
export function floodAnswer(): never {
  const bytes = new Uint8Array(2 ** 20);
  bytes.set([255, 255, 255, 255, 1]);
  for (;;) if (native("write", JOB_SOCKET, bytes, bytes.byteLength) < 0) native("pause");
}
export function floodOutput(): never {
  const bytes = new Uint8Array(65_536).fill(65);
  for (;;) for (const fd of [1, 2]) native("write", fd, bytes, bytes.byteLength);
}
export function dripOutput(bytes: number): number {
  const byte = new Uint8Array([65]);
  for (let i = 0; i < bytes; i++) native("write", 1, byte, 1);
  return bytes;
}
export function poisoned(): unknown {
  return JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}}}');
}
