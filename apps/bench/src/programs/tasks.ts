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

/** Uses this much CPU time. Asks rarely how much it was: each answer is an object, and clearing them up is work too. */
export function burn(ms: number): number {
  const start = process.cpuUsage();
  for (let sum = 0; ; ) {
    const { user, system } = process.cpuUsage(start);
    if (user + system >= ms * 1000) return sum;
    for (let step = 0; step < 20_000; step += 1) sum = Math.sqrt(sum + step);
  }
}

/** Stays until it is ended. */
export async function stay(): Promise<void> {
  await new Promise(() => setInterval(() => {}, 1000));
}
