// What a job found out about a wasm module. TRUST: a job's word, so it is checked by schema and used for nothing but showing
// and choosing how to run the module, again inside a job.
import * as v from "valibot";
import { parseOptions } from "./options.ts";

export interface WasmExport {
  readonly name: string;
  readonly kind: "function" | "memory" | "table" | "global" | "tag";
}

export interface WasmImport {
  readonly module: string;
  readonly name: string;
  readonly kind: string;
}

export interface WasmDescription {
  /** `wasi`: has _start and imports WASI; `bytes`: exports memory and takes a pointer and a length. */
  readonly flavour: "wasi" | "bytes";
  /** All that it exports, functions and others. */
  readonly exports: readonly WasmExport[];
  /** All that it wants to be given. */
  readonly imports: readonly WasmImport[];
}

const WasmDescriptionSchema: v.GenericSchema<unknown, WasmDescription> = v.strictObject({
  flavour: v.picklist(["wasi", "bytes"]),
  exports: v.array(
    v.strictObject({ name: v.string(), kind: v.picklist(["function", "memory", "table", "global", "tag"]) }),
  ),
  imports: v.array(v.strictObject({ module: v.string(), name: v.string(), kind: v.string() })),
});

/** @throws TypeError for anything else */
export function parseWasmDescription(value: unknown): WasmDescription {
  return parseOptions("description", WasmDescriptionSchema, value);
}
