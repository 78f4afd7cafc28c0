// Prepares WebAssembly modules that nobody trusts and runs them: bytes in, bytes out, and a WASI command.
//   bun install && bun --conditions=hutch-source examples/wasm.ts
// That is in a clone; "bun" is "npx --yes bun@1.4.5" where it is not installed.
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool, JobError, loadArtifact } from "hutch";

const upperWasm = await Bun.file(new URL("./untrusted/upper.wasm", import.meta.url)).bytes();
const helloWasm = await Bun.file(new URL("./untrusted/hello.wasm", import.meta.url)).bytes();

await using pool = await createPool({ limits: { cpuMs: 500, wallMs: 20_000 } });

// Stage one: a job of its own compiles and validates the module. What comes back is an artifact with a checksum.
const upper = await pool.prepare(upperWasm);
console.log(
  `upper.wasm: ${upper.manifest.flavour}, ${upper.manifest.sizeBytes} bytes, sha256 ${upper.manifest.checksum.slice(0, 12)}…`,
);

// Stage two: an export runs in a job, as often as you like.
const outcome = await pool.wasm(upper, "upper", new TextEncoder().encode("bytes in, bytes out"));
if (outcome.ok) console.log(new TextDecoder().decode(outcome.value));

// Limits and verdicts are those of every other job.
const { verdict } = await pool.wasm(upper, "spin", new Uint8Array(), { limits: { cpuMs: 100, wallMs: 20_000 } });
console.log("spin:", verdict.status);

// An artifact outlives the process that prepared it. Loading checks the checksum again.
const folder = await mkdtemp(join(tmpdir(), "hutch-example-"));
try {
  const path = join(folder, "upper.hutch");
  upper.write(path);
  const again = await pool.wasm(loadArtifact(path), "upper", new TextEncoder().encode("from a file"));
  if (again.ok) console.log(new TextDecoder().decode(again.value));
} finally {
  rmSync(folder, { recursive: true });
}

// A WASI command has arguments, stdin, stdout and stderr, and no files.
const hello = await pool.wasi(await pool.prepare(helloWasm), ["hello"]);
console.log(new TextDecoder().decode(hello.stdout).trim());

// What is not a module is refused by the job, with the reason.
await pool.prepare(new TextEncoder().encode("<html>")).catch((error: unknown) => {
  if (!(error instanceof JobError)) throw error;
  console.log(error.message);
});
