// Bytes to a compiled module, with an error that says what the bytes are instead.

/** A module or an export that is not what it must be. The job's own error, not a trap. */
export class WasmError extends Error {
  override readonly name: string = "WasmError";
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d] as const;
const VERSION_AT = 4;
const HEADER_BYTES = 8;

/** @throws WasmError when the bytes are not a valid module */
export function compileModule(bytes: Uint8Array): WebAssembly.Module {
  if (!MAGIC.every((byte, index) => bytes[index] === byte))
    throw new WasmError(`Cannot compile the wasm module: it ${startOf(bytes)}`);
  if (bytes.byteLength < HEADER_BYTES)
    throw new WasmError(`Cannot compile the wasm module: it is cut off after ${bytes.byteLength} bytes`);
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(VERSION_AT, true);
  if (version !== 1)
    throw new WasmError(
      `Cannot compile the wasm module: it is of version ${version & 0xffff}${version > 0xffff ? ", a component" : ""}, only core modules of version 1 run here`,
    );
  try {
    return new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError)
      throw new WasmError(`Cannot compile the wasm module: ${error.message}`, { cause: error });
    throw error;
  }
}

function startOf(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return "is empty";
  const head = bytes.subarray(0, HEADER_BYTES);
  const readable = [...head].every((byte) => byte >= 0x20 && byte < 0x7f);
  const hex = [...head].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `begins with ${readable ? JSON.stringify(String.fromCharCode(...head)) : hex}, not with 00 61 73 6d`;
}
