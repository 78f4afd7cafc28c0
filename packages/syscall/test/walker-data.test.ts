import { describe, expect, test } from "bun:test";
import { COMPILERS, compileNative, compilerVersion } from "../../../tools/native-data.ts";
import { WALKER } from "../scripts/build-walker.ts";
import { WALKER_DATA } from "../src/walker-data.ts";

const LARGEST_BYTES = 8192;
const ELF_MACHINE = { "x86-64": 62, arm64: 183 } as const;
const SHARED_LIBRARY = 3;

describe("WALKER_DATA", () => {
  for (const arch of ["x86-64", "arm64"] as const) {
    const bytes = new Uint8Array(Buffer.from(WALKER_DATA[arch].base64, "base64"));

    test(`is a small shared library for ${arch}`, () => {
      const view = new DataView(bytes.buffer);
      expect(bytes.byteLength).toBe(WALKER_DATA[arch].sizeBytes);
      expect(bytes.byteLength).toBeLessThan(LARGEST_BYTES);
      expect([...bytes.subarray(0, 4)]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
      expect(view.getUint16(16, true)).toBe(SHARED_LIBRARY);
      expect(view.getUint16(18, true)).toBe(ELF_MACHINE[arch]);
    });

    const version = compilerVersion(arch);
    test.skipIf(version !== WALKER_DATA[arch].compiler)(
      `is what ${COMPILERS[arch]} ${WALKER_DATA[arch].compiler} makes of walk-plan.c (here: ${version ?? "none"})`,
      () => {
        expect(Buffer.from(compileNative(WALKER, arch)).equals(bytes)).toBe(true);
      },
    );
  }
});
