// The modules of the wasm tests, each with one thing to it.
import { assemble, type FunctionDefinition, I32, I64, signed } from "./assemble-wasm.ts";

const GET = 0x20;
const CONST_I32 = 0x41;
const CONST_I64 = 0x42;
const CALL = 0x10;
const DROP = 0x1a;
const UNREACHABLE = 0x00;
const EXTEND_U = 0xad;
const SHL = 0x86;
const OR = 0x84;
const GROW = 0x40;

const bytesFunction = (body: readonly number[], name = "run"): FunctionDefinition => ({
  export: name,
  params: [I32, I32],
  results: [I64],
  body,
});
/** (pointer, length) → the same, packed. */
const echoBody = [GET, 0, EXTEND_U, CONST_I64, ...signed(32), SHL, GET, 1, EXTEND_U, OR];
const i32 = (value: number): number[] => [CONST_I32, ...signed(value)];

export const echo: Uint8Array = assemble({ functions: [bytesFunction(echoBody)] });

/** Its allocator gives out address 1024 always. */
export const allocating = (name: string): Uint8Array =>
  assemble({ functions: [bytesFunction(echoBody), { export: name, params: [I32], results: [I32], body: i32(1024) }] });

export const returning = (packed: bigint): Uint8Array =>
  assemble({ functions: [bytesFunction([CONST_I64, ...signed(BigInt.asIntN(64, packed))])] });
export const trapping: Uint8Array = assemble({ functions: [bytesFunction([UNREACHABLE])] });
export const returningI32: Uint8Array = assemble({
  functions: [{ export: "run", params: [I32, I32], results: [I32], body: i32(7) }],
});
export const importing: Uint8Array = assemble({
  imports: [{ module: "env", name: "secret", params: [], results: [] }],
  functions: [bytesFunction(echoBody)],
});
export const withoutMemory: Uint8Array = assemble({ memoryPages: null, functions: [bytesFunction(echoBody)] });
export const withoutFunction: Uint8Array = assemble({});
/** The body leaves nothing for its result. */
export const invalid: Uint8Array = assemble({ functions: [bytesFunction([])] });
/** Grows its memory by 16 MiB until the engine refuses, then traps. */
export const greedy: Uint8Array = assemble({
  functions: [bytesFunction([0x03, 0x40, ...i32(256), GROW, 0, ...i32(-1), 0x47, 0x0d, 0, 0x0b, UNREACHABLE])],
});

const WASI = "wasi_snapshot_preview1";
const io = { params: [I32, I32, I32, I32], results: [I32] };
/** Copies stdin to stdout, "err\n" to stderr, and ends with this code (none: by returning). */
export const wasiCat = (code: number | null): Uint8Array =>
  assemble({
    imports: [
      { module: WASI, name: "fd_read", ...io },
      { module: WASI, name: "fd_write", ...io },
      { module: WASI, name: "proc_exit", params: [I32], results: [] },
    ],
    functions: [
      {
        export: "_start",
        params: [],
        results: [],
        body: [
          // iovec at 16: { 1024, 4096 }, counts at 32; another at 48: { 0, 4 }, the text of data.
          ...i32(16),
          ...i32(1024),
          0x36,
          2,
          0,
          ...i32(20),
          ...i32(4096),
          0x36,
          2,
          0,
          ...i32(0),
          ...i32(16),
          ...i32(1),
          ...i32(32),
          CALL,
          0,
          DROP,
          ...i32(20),
          ...i32(32),
          0x28,
          2,
          0,
          0x36,
          2,
          0,
          ...i32(1),
          ...i32(16),
          ...i32(1),
          ...i32(32),
          CALL,
          1,
          DROP,
          ...i32(52),
          ...i32(4),
          0x36,
          2,
          0,
          ...i32(2),
          ...i32(48),
          ...i32(1),
          ...i32(32),
          CALL,
          1,
          DROP,
          ...(code === null ? [] : [...i32(code), CALL, 2]),
        ],
      },
    ],
    data: "err\n",
  });
export const wasiImportingMore: Uint8Array = assemble({
  imports: [{ module: "env", name: "secret", params: [], results: [] }],
  functions: [{ export: "_start", params: [], results: [], body: [] }],
});
/** Writes argv as the runtime lays it out: 64 bytes from 1024. */
export const wasiArgs: Uint8Array = assemble({
  imports: [
    { module: WASI, name: "args_get", params: [I32, I32], results: [I32] },
    { module: WASI, name: "fd_write", ...io },
  ],
  functions: [
    {
      export: "_start",
      params: [],
      results: [],
      body: [
        ...i32(512),
        ...i32(1024),
        CALL,
        0,
        DROP,
        ...i32(16),
        ...i32(1024),
        0x36,
        2,
        0,
        ...i32(20),
        ...i32(8),
        0x36,
        2,
        0,
        ...i32(1),
        ...i32(16),
        ...i32(1),
        ...i32(32),
        CALL,
        1,
        DROP,
      ],
    },
  ],
});
