// A comparison of a 64-bit argument as comparisons of its two halves: classic BPF has 32 bits. Pure.
import { SECCOMP_DATA_LAYOUT } from "@hutch/syscall";
import type { CallRule, Condition } from "./filter-rules.ts";
import type { Label, ProgramBuilder } from "./program-builder.ts";

const WORD = 0xffff_ffffn;
const HIGH_BYTES = 4;

/** Offset of the low half of an argument; both architectures are little endian. */
function argumentOffset(index: number): number {
  const field = SECCOMP_DATA_LAYOUT.fields.find(([name]) => name === `args[${index}]`);
  if (field === undefined) throw new RangeError(`Cannot filter argument ${index}: a call has six`);
  return field[2];
}

/** The code that decides one call. Its last branch is written first. */
export function writeCallRule(builder: ProgramBuilder, rule: CallRule): Label {
  let next: Label | null = null;
  for (const branch of rule.branches.toReversed()) {
    const otherwise: Label = next ?? builder.give(rule.otherwise);
    let yes = builder.give(branch.outcome);
    for (const condition of branch.when.toReversed()) yes = writeCondition(builder, condition, yes, otherwise);
    next = yes;
  }
  return next ?? builder.give(rule.otherwise);
}

function writeCondition(builder: ProgramBuilder, condition: Condition, yes: Label, no: Label): Label {
  switch (condition.kind) {
    case "eq":
      return writeEqual(builder, condition.index, condition.value, yes, no);
    case "ne":
      return writeEqual(builder, condition.index, condition.value, no, yes);
    case "gt":
      return writeOrder(builder, "JGT", condition, yes, no);
    case "ge":
      return writeOrder(builder, "JGE", condition, yes, no);
    case "le":
      return writeOrder(builder, "JGT", condition, no, yes);
    case "lt":
      return writeOrder(builder, "JGE", condition, no, yes);
    case "masked-eq":
      return writeMasked(builder, condition, yes, no);
  }
}

function writeEqual(builder: ProgramBuilder, index: number, value: bigint, yes: Label, no: Label): Label {
  const at = argumentOffset(index);
  builder.compare("JEQ", Number(value & WORD), yes, no);
  const low = builder.load(at);
  builder.compare("JEQ", Number(value >> 32n), low, no);
  return builder.load(at + HIGH_BYTES);
}

/** The high half decides unless it is equal; then the low half does. */
function writeOrder(
  builder: ProgramBuilder,
  last: "JGT" | "JGE",
  { index, value }: { readonly index: number; readonly value: bigint },
  yes: Label,
  no: Label,
): Label {
  const at = argumentOffset(index);
  const high = Number(value >> 32n);
  builder.compare(last, Number(value & WORD), yes, no);
  const low = builder.load(at);
  const equal = builder.compare("JEQ", high, low, no);
  builder.compare("JGT", high, yes, equal);
  return builder.load(at + HIGH_BYTES);
}

function writeMasked(
  builder: ProgramBuilder,
  { index, mask, value }: Extract<Condition, { kind: "masked-eq" }>,
  yes: Label,
  no: Label,
): Label {
  // Bits outside of the mask are never there.
  if ((value & ~mask) !== 0n) return jumpTo(builder, no);
  const at = argumentOffset(index);
  let next = yes;
  for (const [shift, offset] of [
    [0n, at],
    [32n, at + HIGH_BYTES],
  ] as const) {
    const bits = Number((mask >> shift) & WORD);
    if (bits === 0) continue;
    builder.compare("JEQ", Number((value >> shift) & WORD), next, no);
    if (bits !== Number(WORD)) builder.mask(bits);
    next = builder.load(offset);
  }
  return next === yes ? jumpTo(builder, yes) : next;
}

/** Whoever writes a load or a comparison next falls through to what was written last. */
function jumpTo(builder: ProgramBuilder, target: Label): Label {
  return builder.isNext(target) ? target : builder.jump(target);
}
