import { describe, expect, test } from "bun:test";
import { COMPILERS, compileNative, compilerVersion } from "../../../tools/native-data.ts";
import { INIT } from "../scripts/build-init.ts";
import { INIT_DATA } from "../src/init-data.ts";

const LARGEST_BYTES = 3072;
const ELF_MACHINE = { "x86-64": 62, arm64: 183 } as const;

describe("INIT_DATA", () => {
  for (const arch of ["x86-64", "arm64"] as const) {
    const bytes = new Uint8Array(Buffer.from(INIT_DATA[arch].base64, "base64"));

    test(`is a small static program for ${arch}`, () => {
      expect(bytes.byteLength).toBe(INIT_DATA[arch].sizeBytes);
      expect(bytes.byteLength).toBeLessThan(LARGEST_BYTES);
      expect([...bytes.subarray(0, 4)]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
      expect(new DataView(bytes.buffer).getUint16(18, true)).toBe(ELF_MACHINE[arch]);
    });

    const version = compilerVersion(arch);
    const same = version === INIT_DATA[arch].compiler;
    test.skipIf(!same)(
      `is what ${COMPILERS[arch]} ${INIT_DATA[arch].compiler} makes of the source (here: ${version ?? "none"})`,
      () => {
        expect(Buffer.from(compileNative(INIT, arch)).equals(bytes)).toBe(true);
      },
    );
  }
});
