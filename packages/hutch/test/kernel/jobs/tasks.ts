// One act per export: what the pool's tests call inside jobs.
import { existsSync, writeSync } from "node:fs";

let counter = 0;

export function add(a: number, b: number): number {
  return a + b;
}
export default function greet(name: string): string {
  return `hello ${name}`;
}
export async function later(ms: number): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return "later";
}
/** Ends when the host has taken the file away. */
export async function whileThere(path: string): Promise<string> {
  while (existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 5));
  return "gone";
}
export function echo<T>(value: T): T {
  return value;
}
export function count(): number {
  counter += 1;
  (globalThis as { polluted?: number }).polluted = counter;
  return counter;
}
export function fail(): never {
  throw new RangeError("out of cheese");
}
export async function reject(): Promise<never> {
  throw new TypeError("rejected");
}
export function throwText(): never {
  throw "just text";
}
export function never(): Promise<never> {
  return new Promise(() => {});
}
export function spin(): never {
  for (;;) counter += 1;
}
export function hog(): number {
  const kept: Uint8Array[] = [];
  for (;;) kept.push(new Uint8Array(8 * 2 ** 20).fill(1));
}
export function print(text: string): number {
  console.log(text);
  console.error("to stderr");
  return text.length;
}
export function giveFunction(): unknown {
  return () => 1;
}
export function giveCycle(): unknown {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  return cycle;
}
export function exitWith(code: number): never {
  process.exit(code);
}
export function killSelf(signal: NodeJS.Signals): Promise<never> {
  process.kill(process.pid, signal);
  return new Promise(() => {});
}
export function garbage(): number {
  writeSync(3, new Uint8Array(64).fill(0xff));
  return 1;
}
export function random(): unknown[] {
  return [
    Math.random(),
    crypto.randomUUID(),
    Bun.randomUUIDv7(),
    [...crypto.getRandomValues(new Uint8Array(8))].join(),
  ];
}
export function look(): { pid: number; uid: number; env: Record<string, string | undefined>; root: string[] } {
  const { readdirSync } = require("node:fs") as typeof import("node:fs");
  return { pid: process.pid, uid: process.getuid?.() ?? -1, env: { ...process.env }, root: readdirSync("/") };
}
export const notAFunction = 5;
