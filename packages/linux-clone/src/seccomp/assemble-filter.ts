// From rules to a classic BPF program: the architecture is looked at first, then the number is searched in a tree. Pure.
import { SECCOMP_DATA_LAYOUT } from "@hutch/syscall";
import { writeCallRule } from "./assemble-conditions.ts";
import type { CallRule, FilterRules } from "./filter-rules.ts";
import { type Label, ProgramBuilder } from "./program-builder.ts";

/** Numbers from `from` to the next range's with one rule. */
interface Range {
  readonly from: number;
  readonly rule: CallRule;
}

const NEGATIVE = 0x8000_0000;
/**
 * When a filter is installed the kernel runs it once for every number that it has, to know which calls it never has to ask
 * for again (SINCE: Linux 5.11). So the tree is balanced over these numbers, not over ranges.
 */
const KERNEL_NUMBERS = 512;

function offsetOf(name: "nr" | "arch"): number {
  return SECCOMP_DATA_LAYOUT.fields.find(([field]) => field === name)?.[2] ?? 0;
}

/** @returns an array of struct sock_filter @throws RangeError for rules that need more instructions than the kernel takes */
export function assembleFilter(rules: FilterRules): Uint8Array {
  const builder = new ProgramBuilder();
  const tree = writeTree(builder, rangesOf(rules));
  if (!builder.isNext(tree)) builder.jump(tree);
  const number = builder.load(offsetOf("nr"));
  builder.compare("JEQ", rules.auditArch, number, builder.give(rules.foreign));
  builder.load(offsetOf("arch"));
  return builder.program();
}

/** In ascending order, from 0, neighbours different. */
function rangesOf(rules: FilterRules): Range[] {
  const unknown: CallRule = { branches: [], otherwise: rules.unknown };
  const ranges: Range[] = [];
  const add = (from: number, rule: CallRule): void => {
    const last = ranges.at(-1);
    if (last === undefined || !sameRule(last.rule, rule)) ranges.push({ from, rule });
  };
  let next = 0;
  for (const [number, rule] of [...rules.calls].sort(([a], [b]) => a - b)) {
    if (number > next) add(next, unknown);
    add(number, rule);
    next = number + 1;
  }
  add(next, unknown);
  if (rules.x32 !== null) {
    add(rules.x32.from, { branches: [], otherwise: rules.x32.outcome });
    add(NEGATIVE, unknown);
  }
  return ranges;
}

function sameRule(a: CallRule, b: CallRule): boolean {
  return a === b || (a.branches.length === 0 && b.branches.length === 0 && a.otherwise === b.otherwise);
}

function writeTree(builder: ProgramBuilder, ranges: readonly Range[]): Label {
  const [only] = ranges;
  if (only === undefined) throw new RangeError("Cannot make a filter of no rules");
  if (ranges.length === 1) return writeCallRule(builder, only.rule);
  const middle = middleOf(ranges);
  const upper = writeTree(builder, ranges.slice(middle));
  const lower = writeTree(builder, ranges.slice(0, middle));
  return builder.compare("JGE", (ranges[middle] as Range).from, upper, lower);
}

/** The first range of the upper half: half of the kernel's numbers, or half of the ranges where they are above these. */
function middleOf(ranges: readonly Range[]): number {
  const first = (ranges[0] as Range).from;
  const end = Math.min(KERNEL_NUMBERS, (ranges.at(-1) as Range).from + 1);
  const wanted = (first + end) / 2;
  let best = Math.ceil(ranges.length / 2);
  if (first >= KERNEL_NUMBERS) return best;
  let distance = Number.POSITIVE_INFINITY;
  for (let index = 1; index < ranges.length; index++) {
    const away = Math.abs((ranges[index] as Range).from - wanted);
    if (away >= distance) continue;
    best = index;
    distance = away;
  }
  return best;
}
