// Runs a classic BPF program as the kernel does for a seccomp filter (Documentation/networking/filter.rst): the instructions
// that our filters use, and an error for any other.
import { BPF } from "@hutch/syscall";
import type { FilteredCall } from "../src/seccomp/filter-rules.ts";

const INSTRUCTION_BYTES = 8;
const MOST_STEPS = 4096;

export interface Ran {
  readonly outcome: number;
  /** Instructions that were executed. */
  readonly steps: number;
}

function word({ arch, number, args }: FilteredCall, offset: number): number {
  if (offset === 0) return number >>> 0;
  if (offset === 4) return arch >>> 0;
  const index = (offset - 16) / 8;
  if (index < 0 || index >= 6 || offset % 4 !== 0) throw new RangeError(`loads at ${offset}`);
  const whole = args[Math.floor(index)] ?? 0n;
  return Number((offset % 8 === 0 ? whole : whole >> 32n) & 0xffff_ffffn);
}

export function runFilter(program: Uint8Array, call: FilteredCall): Ran {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  let accumulator = 0;
  let pc = 0;
  for (let steps = 1; steps <= MOST_STEPS; steps++) {
    const at = pc * INSTRUCTION_BYTES;
    const code = view.getUint16(at, true);
    const jt = view.getUint8(at + 2);
    const jf = view.getUint8(at + 3);
    const k = view.getUint32(at + 4, true);
    pc += 1;
    switch (code) {
      case BPF.LD | BPF.W | BPF.ABS:
        accumulator = word(call, k);
        break;
      case BPF.ALU | BPF.AND | BPF.K:
        accumulator = (accumulator & k) >>> 0;
        break;
      case BPF.JMP | BPF.JA:
        pc += k;
        break;
      case BPF.JMP | BPF.JEQ | BPF.K:
        pc += accumulator === k ? jt : jf;
        break;
      case BPF.JMP | BPF.JGT | BPF.K:
        pc += accumulator > k ? jt : jf;
        break;
      case BPF.JMP | BPF.JGE | BPF.K:
        pc += accumulator >= k ? jt : jf;
        break;
      case BPF.RET | BPF.K:
        return { outcome: k, steps };
      default:
        throw new RangeError(`Cannot run instruction ${pc - 1}: code ${code}`);
    }
  }
  throw new RangeError(`Cannot run the filter: it goes on after ${MOST_STEPS} steps`);
}
