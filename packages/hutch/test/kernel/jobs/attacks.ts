// The module of attacks.test.ts: what its jobs do, one attack per export, and what a job does that attacks nobody.
export * from "./break-out.ts";
export * from "./find-in-memory.ts";
export * from "./lie-to-host.ts";
export * from "./use-up.ts";

export function well(): string {
  return "well";
}
export function take(_anything: unknown): number {
  return 1;
}
export function give<T>(value: T): T {
  console.log(String(value));
  return value;
}
export function fail(message: string): never {
  throw new Error(message);
}
