/** The source of the TypeScript module whose exports Subject.call() calls: to be written to a file by whoever runs the suite. */
export const CONFORMANCE_MODULE = `import { writeSync } from "node:fs";
const SOCKET = 3;
let calls = 0;
export const add = (a: number, b: number): number => a + b;
export const echo = <T>(value: T): T => value;
export const count = (): number => (calls += 1);
export async function later(ms: number): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return "later";
}
export function fail(): never {
  throw new RangeError("out of range");
}
export const never = (): Promise<never> => new Promise(() => {});
export function exitWith(code: number): never {
  process.exit(code);
}
export function endBySignal(signal: NodeJS.Signals): Promise<never> {
  process.kill(process.pid, signal);
  return new Promise(() => {});
}
export function abort(): never {
  process.abort();
}
export function writeToHost(bytes: readonly number[]): number {
  writeSync(SOCKET, new Uint8Array(bytes));
  return 1;
}
/** Length, kind "value", CBOR 42: an answer, and then another end. */
export function answerAndExit(code: number): never {
  writeSync(SOCKET, new Uint8Array([3, 0, 0, 0, 1, 0x18, 42]));
  process.exit(code);
}
export function answerTwice(): number {
  writeSync(SOCKET, new Uint8Array([3, 0, 0, 0, 1, 0x18, 42]));
  return 7;
}
export function spin(): never {
  for (;;) calls += 1;
}
export function hog(): never {
  const kept: Uint8Array[] = [];
  for (;;) kept.push(new Uint8Array(8 * 2 ** 20).fill(1));
}
export const environment = (): string[] => Object.keys(process.env).sort();
export const giveFunction = (): unknown => () => 1;
`;
