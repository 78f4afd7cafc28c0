// Stage one of a wasm artifact: is it a module, does it validate, can it run here? The value is what its manifest says.
import { type ArtifactManifest, encodeValue, type JobResponse } from "@hutch/core";
import { compileModule, WasmError } from "./compile-wasm.ts";

/** The part of the manifest that only the module itself tells; the host adds checksum, size and versions. */
export type WasmDescription = Pick<ArtifactManifest, "flavour" | "exports" | "imports">;

const WASI_MODULE = "wasi_snapshot_preview1";

/** @throws WasmError that says what is wrong with the module */
export function prepareWasm(bytes: Uint8Array): JobResponse {
  return { kind: "value", bytes: encodeValue(describeModule(compileModule(bytes)), "manifest") };
}

/** @throws WasmError */
export function describeModule(module: WebAssembly.Module): WasmDescription {
  const exports = WebAssembly.Module.exports(module).map(({ name, kind }) => ({ name, kind }));
  const imports = WebAssembly.Module.imports(module).map(({ module: from, name, kind }) => ({
    module: from,
    name,
    kind,
  }));
  const has = (name: string, kind: string): boolean => exports.some((each) => each.name === name && each.kind === kind);
  const flavour = has("_start", "function") ? "wasi" : "bytes";
  const foreign = imports.filter(
    (each) => flavour === "bytes" || each.module !== WASI_MODULE || each.kind !== "function",
  );
  if (foreign.length > 0) {
    const list = foreign.map(({ module: from, name, kind }) => `${from}.${name} (${kind})`).join(", ");
    const given =
      flavour === "wasi"
        ? `a WASI command is given the functions of ${WASI_MODULE} only`
        : "a module without _start is given nothing";
    throw new WasmError(`Cannot use the wasm module: it imports ${list}, and ${given}`);
  }
  if (!has("memory", "memory"))
    throw new WasmError('Cannot use the wasm module: it does not export its memory as "memory"');
  if (flavour === "bytes" && !exports.some((each) => each.kind === "function"))
    throw new WasmError("Cannot use the wasm module: it exports no function");
  return { flavour, exports, imports };
}
