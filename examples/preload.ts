// A pool whose jobs start with the TypeScript compiler loaded. The compiler is trusted, what it compiles is not.
//   bun install && bun --conditions=hutch-source examples/preload.ts
// That is in a clone; "bun" is "npx --yes bun@1.4.5" where it is not installed.
import { createPool } from "hutch";

// Preloaded code runs once in the worker, outside of every job's limits. Jobs import it by the same name.
await using pool = await createPool<typeof import("./untrusted/transpile.ts")>({
  module: new URL("./untrusted/transpile.ts", import.meta.url),
  preload: ["typescript-js"],
  limits: { cpuMs: 2_000 },
});

const { code } = await pool.call("transpile", ["export const answer: number = 42;"]);
console.log(code.trim());

const { problems } = await pool.call("transpile", ["const answer: = 42;"]);
console.log(`problems: ${problems.join("; ")}`);

// A source that is too much for the compiler spoils its own job and no other.
const nested = `const x = ${"[".repeat(200_000)}`;
const { verdict } = await pool.execute("transpile", [nested]);
console.log(`nested source: ${verdict.status} - ${verdict.reason}`);
console.log((await pool.call("transpile", ["let still: string = 'here';"])).code.trim());
console.log(`jobs start ${pool.start}`);
