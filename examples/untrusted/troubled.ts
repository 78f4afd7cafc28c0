// Functions that go wrong, each in its own way. This module is parsed and evaluated only inside the sandbox.
const leaked: Uint8Array[] = [];

export function works(order: number): string {
  return `order ${order} is done`;
}
export function throws(): never {
  throw new RangeError("the price is negative");
}
export function crashes(): never {
  process.abort();
}
export function spins(): never {
  for (;;) leaked.length;
}
export async function sleeps(ms: number): Promise<string> {
  await Bun.sleep(ms);
  return `slept for ${ms} ms`;
}
export function leaks(): never {
  for (;;) leaked.push(new Uint8Array(8 * 2 ** 20).fill(1));
}
export function exits(code: number): never {
  process.exit(code);
}
export function floods(): never {
  for (;;) console.log("and another thing");
}
export function waitsForever(): Promise<never> {
  return new Promise(() => undefined);
}
