// The module whose exports the pool's jobs call: what the programs beside it do, as functions.
// The compiler is imported where it is used, so that add() pays for nothing else.

export function add(a: number, b: number): number {
  return a + b;
}

export async function compilerVersion(): Promise<string> {
  const { default: ts } = await import("typescript-js");
  return ts.version;
}

export async function transpileLine(): Promise<string> {
  const { default: ts } = await import("typescript-js");
  return ts.transpileModule("export const answer: number = 42;", {}).outputText;
}
