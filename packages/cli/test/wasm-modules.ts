// Small WebAssembly modules as bytes, written by hand: section by section.
const bytes = (...parts: readonly (number | readonly number[] | string)[]): number[] =>
  parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part));
const name = (text: string): number[] => bytes(text.length, text);
const section = (id: number, ...content: number[]): number[] => [id, content.length, ...content];
const HEADER = bytes("\0asm", [1, 0, 0, 0]);

/** `echo(pointer, length) -> (pointer << 32) | length`, with `memory` and `alloc(length)`, which always says 1024. */
export const ECHO: Uint8Array<ArrayBuffer> = Uint8Array.from([
  ...HEADER,
  // (i32) -> i32 and (i32, i32) -> i64
  ...section(1, 2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7e),
  ...section(3, 2, 0, 1),
  ...section(5, 1, 0, 2),
  ...section(7, 3, ...name("memory"), 2, 0, ...name("alloc"), 0, 0, ...name("echo"), 0, 1),
  ...section(10, 2, 5, 0, 0x41, 0x80, 0x08, 0x0b, 12, 0, 0x20, 0, 0xad, 0x42, 32, 0x86, 0x20, 1, 0xad, 0x84, 0x0b),
]);

/** A WASI command that prints `hi`. */
export const PRINT_HI: Uint8Array<ArrayBuffer> = Uint8Array.from([
  ...HEADER,
  // (i32, i32, i32, i32) -> i32 and () -> ()
  ...section(1, 2, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f, 0x60, 0, 0),
  ...section(2, 1, ...name("wasi_snapshot_preview1"), ...name("fd_write"), 0, 0),
  ...section(3, 1, 1),
  ...section(5, 1, 0, 1),
  ...section(7, 2, ...name("memory"), 2, 0, ...name("_start"), 0, 1),
  ...section(10, 1, 13, 0, 0x41, 1, 0x41, 0, 0x41, 1, 0x41, 16, 0x10, 0, 0x1a, 0x0b),
  ...section(11, 1, 0, 0x41, 0, 0x0b, 11, ...bytes([8, 0, 0, 0, 3, 0, 0, 0], "hi\n")),
]);
