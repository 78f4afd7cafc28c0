// A very small WebAssembly assembler: sections from plain data, bodies as opcode bytes.

export const I32 = 0x7f;
export const I64 = 0x7e;
const FUNCTION_TYPE = 0x60;
const END = 0x0b;

export interface FunctionDefinition {
  readonly export?: string;
  readonly params: readonly number[];
  readonly results: readonly number[];
  readonly locals?: number;
  readonly body: readonly number[];
}

export interface ModuleDefinition {
  readonly imports?: readonly {
    readonly module: string;
    readonly name: string;
    readonly params: readonly number[];
    readonly results: readonly number[];
  }[];
  readonly functions?: readonly FunctionDefinition[];
  /** Pages of memory 0, exported as "memory" unless told otherwise; null for none. */
  readonly memoryPages?: number | null;
  readonly memoryName?: string;
  readonly data?: string;
}

/** LEB128 of a signed number; for small non-negative numbers it is the unsigned form too, with a spare byte at most. */
export function signed(value: number | bigint): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt(value); ; ) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

export function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const text = (value: string): number[] => {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
};
const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];

export function assemble({
  imports = [],
  functions = [],
  memoryPages = 1,
  memoryName = "memory",
  data = "",
}: ModuleDefinition): Uint8Array {
  const types = [...imports, ...functions].map(({ params, results }) => [
    FUNCTION_TYPE,
    ...unsigned(params.length),
    ...params,
    ...unsigned(results.length),
    ...results,
  ]);
  const exported = functions.flatMap((each, index) =>
    each.export === undefined ? [] : [[...text(each.export), 0, ...unsigned(imports.length + index)]],
  );
  if (memoryPages !== null) exported.push([...text(memoryName), 2, 0]);
  const bodies = functions.map(({ locals = 0, body }) => {
    const code = [...(locals === 0 ? [0] : [1, ...unsigned(locals), I32]), ...body, END];
    return [...unsigned(code.length), ...code];
  });
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(
      2,
      vector(imports.map((each, index) => [...text(each.module), ...text(each.name), 0, ...unsigned(index)])),
    ),
    ...section(3, vector(functions.map((_, index) => unsigned(imports.length + index)))),
    ...(memoryPages === null ? [] : section(5, vector([[0, ...unsigned(memoryPages)]]))),
    ...section(7, vector(exported)),
    ...section(10, vector(bodies)),
    ...(data === "" ? [] : section(11, vector([[0, 0x41, 0, END, ...text(data)]]))),
  ]);
}
