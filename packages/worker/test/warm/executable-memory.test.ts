import { describe, expect, test } from "bun:test";
import { uncopiedMappings } from "../../src/warm/executable-memory.ts";

const mapping = (range: string, rights: string, flags: string): string =>
  `${range} ${rights} 00000000 00:00 0 \nSize:               1024 kB\nVmFlags: ${flags}\n`;

describe("uncopiedMappings()", () => {
  test("finds the mappings with the flag dc, and nothing that only looks like it", () => {
    const smaps = [
      mapping("00400000-00500000", "r-xp", "rd ex mr mw me "),
      mapping("7f0000000000-7f0040000000", "rwxp", "rd wr ex mr mw me dc nr sd"),
      mapping("7f0050000000-7f0050001000", "rw-p", "rd wr mr mw me ac dc"),
      mapping("7f0060000000-7f0060001000", "rw-p", "rd wr dcx xdc"),
    ].join("");
    expect(uncopiedMappings(smaps)).toEqual([
      { from: 0x7f0000000000n, to: 0x7f0040000000n, executable: true },
      { from: 0x7f0050000000n, to: 0x7f0050001000n, executable: false },
    ]);
    expect(uncopiedMappings("")).toEqual([]);
  });
});
