// Classic BPF, written from its last instruction to its first: all jumps lead forward, so every target is known when a jump is
// written, and an offset that does not fit into eight bits is seen at once. Pure.
import { BPF, BPF_MAXINSNS } from "@hutch/syscall";

/** How many instructions stand from this one to the end, itself included. */
export type Label = number;

export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

const FARTHEST = 255;
const INSTRUCTION_BYTES = 8;

type Comparison = "JEQ" | "JGT" | "JGE" | "JSET";

export class ProgramBuilder {
  /** The last one first. */
  readonly #backwards: Instruction[] = [];
  readonly #returns: Map<number, Label> = new Map();

  get length(): number {
    return this.#backwards.length;
  }

  #write(code: number, k: number, jt: number = 0, jf: number = 0): Label {
    this.#backwards.push({ code, jt, jf, k: k >>> 0 });
    return this.#backwards.length;
  }

  /** A return of this value that a jump can reach; one for many jumps as long as it is near enough. */
  give(value: number): Label {
    const known = this.#returns.get(value);
    if (known !== undefined && this.length + 1 - known <= FARTHEST) return known;
    const made = this.#write(BPF.RET | BPF.K, value);
    this.#returns.set(value, made);
    return made;
  }

  /** Loads 32 bits of struct seccomp_data. What is written next, further up, comes before it. */
  load(offset: number): Label {
    return this.#write(BPF.LD | BPF.W | BPF.ABS, offset);
  }

  mask(bits: number): Label {
    return this.#write(BPF.ALU | BPF.AND | BPF.K, bits);
  }

  jump(target: Label): Label {
    return this.#write(BPF.JMP | BPF.JA, this.length - target);
  }

  compare(comparison: Comparison, k: number, yes: Label, no: Label): Label {
    // A jump that is put between moves everything behind it one further away.
    const whenYes = this.length + 1 - yes > FARTHEST ? this.jump(yes) : yes;
    const whenNo = this.length + 1 - no > FARTHEST ? this.jump(no) : no;
    const at = this.length;
    return this.#write(BPF.JMP | BPF[comparison] | BPF.K, k, at - whenYes, at - whenNo);
  }

  /** Whether the next instruction to be written falls through to this one. */
  isNext(label: Label): boolean {
    return label === this.length;
  }

  /** struct sock_filter by struct sock_filter. @throws RangeError for more than the kernel takes */
  program(): Uint8Array {
    if (this.length > BPF_MAXINSNS)
      throw new RangeError(`Cannot make a filter of ${this.length} instructions: the kernel takes ${BPF_MAXINSNS}`);
    const bytes = new Uint8Array(this.length * INSTRUCTION_BYTES);
    const view = new DataView(bytes.buffer);
    this.#backwards.toReversed().forEach(({ code, jt, jf, k }, index) => {
      const at = index * INSTRUCTION_BYTES;
      view.setUint16(at, code, true);
      view.setUint8(at + 2, jt);
      view.setUint8(at + 3, jf);
      view.setUint32(at + 4, k, true);
    });
    return bytes;
  }
}
