import { describe, expect, test } from "bun:test";
import { PROT } from "@hutch/syscall";
import { segmentsOfRuntime } from "../../src/warm/huge-text.ts";

const SMAPS = `00200000-01a39000 r--p 00000000 fe:00 1234                               /hutch/bun
Size:              24804 kB
KernelPageSize:        4 kB
Anonymous:             0 kB
VmFlags: rd mr mw me sd
01a40000-06849000 r-xp 01838000 fe:00 1234                               /hutch/bun
Size:              79908 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me sd
0684a000-0685f000 rw-p 06641000 fe:00 1234                               /hutch/bun
Anonymous:            84 kB
0685f000-06867000 r--p 06656000 fe:00 1234                               /hutch/bun
Size:                 32 kB
Anonymous:            12 kB
VmFlags: rd mr mw me ac sd
7f0000000000-7f0000010000 r-xp 00000000 fe:00 99                         /usr/lib/x86_64-linux-gnu/libc.so.6
Anonymous:             0 kB
7f0000020000-7f0000030000 r-xp 00000000 00:00 0                          [vdso]
Anonymous:             0 kB
`;

describe("segmentsOfRuntime()", () => {
  test("are what of the runtime's file is as it is in the file", () => {
    expect(segmentsOfRuntime(SMAPS)).toEqual([
      { from: 0x200000n, to: 0x1a39000n, protection: PROT.READ, offset: 0n },
      { from: 0x1a40000n, to: 0x6849000n, protection: PROT.READ | PROT.EXEC, offset: 0x1838000n },
    ]);
  });

  test("are none where the first mapping is of no file", () => {
    expect(segmentsOfRuntime("")).toEqual([]);
  });
});
