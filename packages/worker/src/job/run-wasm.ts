// Bytes in, bytes out: an export that takes a pointer and a length and returns both, packed in 64 bits (docs/wasm.md).
// TRUST: every number that comes out of the module is checked against its memory.
import type { JobRequest, JobResponse } from "@hutch/core";
import { compileModule, WasmError } from "./compile-wasm.ts";

type WasmRequest = Extract<JobRequest, { kind: "wasm" }>;
type Exports = Readonly<Record<string, unknown>>;
type Callable = (...args: readonly number[]) => unknown;

const PAGE_BYTES = 65_536;
const ALLOCATORS = ["alloc", "malloc"] as const;

/** @throws WasmError, or the engine's RuntimeError for a trap */
export function runWasm({ exportName }: WasmRequest, module: Uint8Array, input: Uint8Array): JobResponse {
  const { exports } = new WebAssembly.Instance(compileModule(module));
  const memory = exports.memory;
  if (!(memory instanceof WebAssembly.Memory))
    throw new WasmError('Cannot run the wasm module: it does not export its memory as "memory"');
  const called = exports[exportName];
  if (typeof called !== "function")
    throw new WasmError(`Cannot call ${JSON.stringify(exportName)}: ${describeExports(exports)}`);
  if (typeof exports._initialize === "function") exports._initialize();
  const pointer = place(input, exports, memory);
  const packed: unknown = (called as Callable)(pointer, input.byteLength);
  return { kind: "value", bytes: take(packed, exportName, memory) };
}

function describeExports(exports: Exports): string {
  const names = Object.keys(exports)
    .filter((name) => typeof exports[name] === "function")
    .map((name) => JSON.stringify(name));
  return names.length === 0 ? "the module exports no function" : `the module exports only ${names.join(", ")}`;
}

/** Puts the input where the module lets it be: in memory of its own allocator, else in new pages at the end. */
function place(input: Uint8Array, exports: Exports, memory: WebAssembly.Memory): number {
  if (input.byteLength === 0) return 0;
  const name = ALLOCATORS.find((each) => typeof exports[each] === "function");
  const pointer =
    name === undefined ? grow(memory, input.byteLength) : allocate(exports[name] as Callable, name, input.byteLength);
  view(memory, pointer, input.byteLength, "the input").set(input);
  return pointer;
}

function grow(memory: WebAssembly.Memory, byteLength: number): number {
  try {
    return memory.grow(Math.ceil(byteLength / PAGE_BYTES)) * PAGE_BYTES;
  } catch (error) {
    throw new WasmError(`Cannot place the input of ${byteLength} bytes: the module's memory does not grow`, {
      cause: error,
    });
  }
}

function allocate(allocator: Callable, name: string, byteLength: number): number {
  const pointer = allocator(byteLength);
  if (typeof pointer !== "number" || pointer === 0)
    throw new WasmError(`Cannot place the input of ${byteLength} bytes: "${name}" returned ${String(pointer)}`);
  return pointer >>> 0;
}

function take(packed: unknown, exportName: string, memory: WebAssembly.Memory): Uint8Array {
  if (typeof packed !== "bigint")
    throw new WasmError(
      `Cannot read the result: "${exportName}" returned ${typeof packed}, not the 64 bits of a pointer and a length`,
    );
  const bits = BigInt.asUintN(64, packed);
  // ORDER: a copy, because nothing of the module may stand behind what is sent.
  return view(memory, Number(bits >> 32n), Number(bits & 0xffff_ffffn), "the result").slice();
}

function view(memory: WebAssembly.Memory, pointer: number, byteLength: number, what: string): Uint8Array {
  const size = memory.buffer.byteLength;
  if (pointer + byteLength > size)
    throw new WasmError(
      `Cannot reach ${what}: ${byteLength} bytes at ${pointer} are not within the memory of ${size} bytes`,
    );
  return new Uint8Array(memory.buffer, pointer, byteLength);
}
