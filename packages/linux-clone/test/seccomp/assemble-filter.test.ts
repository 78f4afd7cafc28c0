import { describe, expect, test } from "bun:test";
import { AUDIT_ARCH } from "@hutch/syscall";
import fc from "fast-check";
import { assembleFilter } from "../../src/seccomp/assemble-filter.ts";
import {
  ALLOW,
  type Branch,
  type CallRule,
  type Condition,
  type FilteredCall,
  type FilterRules,
  KILL,
  outcomeOf,
  refuse,
} from "../../src/seccomp/filter-rules.ts";
import { runFilter } from "../bpf-machine.ts";

const NATIVE = AUDIT_ARCH["x86-64"];
const I386 = 0x40000003;
const X32 = 0x4000_0000;

const outcomes = fc.oneof(fc.constantFrom(ALLOW, KILL), fc.integer({ min: 0, max: 4095 }).map(refuse));
/** Halves that are equal, or one apart, in a few places: where a comparison in two parts goes wrong. */
const half = fc.constantFrom(0n, 1n, 2n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_fffen, 0xffff_ffffn);
const wide = fc.oneof(
  fc.tuple(half, half).map(([high, low]) => (high << 32n) | low),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
const index = fc.nat({ max: 5 });
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constantFrom("eq", "ne", "lt", "le", "gt", "ge"), index, value: wide }),
  fc
    .record({ kind: fc.constant("masked-eq" as const), index, mask: wide, value: wide, inside: fc.boolean() })
    .map(({ inside, ...given }) => (inside ? { ...given, value: given.value & given.mask } : given)),
);
const branch: fc.Arbitrary<Branch> = fc.record({
  when: fc.array(condition, { minLength: 1, maxLength: 3 }),
  outcome: outcomes,
});
const rule: fc.Arbitrary<CallRule> = fc.record({ branches: fc.array(branch, { maxLength: 3 }), otherwise: outcomes });
const rules: fc.Arbitrary<FilterRules> = fc.record({
  auditArch: fc.constant(NATIVE),
  foreign: outcomes,
  calls: fc.array(fc.tuple(fc.integer({ min: 0, max: 480 }), rule), { maxLength: 60 }).map((list) => new Map(list)),
  unknown: outcomes,
  x32: fc.option(outcomes.map((outcome) => ({ from: X32, outcome }))),
});
const call: fc.Arbitrary<FilteredCall> = fc.record({
  arch: fc.constantFrom(NATIVE, NATIVE, NATIVE, I386, 0),
  number: fc.oneof(fc.nat({ max: 500 }), fc.constantFrom(X32, X32 + 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff)),
  args: fc.array(wide, { minLength: 6, maxLength: 6 }),
});

/** Arguments that are, or nearly are, what the rules compare with: others hardly ever hold. */
function near(given: FilterRules): bigint[] {
  const values = [...given.calls.values()].flatMap((each) =>
    each.branches.flatMap(({ when }) => when.map(({ value }) => value)),
  );
  return values.flatMap((value) => [value, BigInt.asUintN(64, value + 1n), BigInt.asUintN(64, value - 1n)]);
}

describe("assembleFilter()", () => {
  test("decides as the rules do, for any rules and any call", () => {
    fc.assert(
      fc.property(
        rules,
        fc.array(call, { minLength: 20, maxLength: 20 }),
        fc.infiniteStream(fc.nat()),
        (given, calls, picks) => {
          const program = assembleFilter(given);
          const close = near(given);
          for (const each of calls) {
            const args = each.args.map((value) => {
              const pick = picks.next().value;
              return close.length === 0 || pick % 3 === 0 ? value : (close[pick % close.length] as bigint);
            });
            for (const asked of [each, { ...each, args }, { ...each, arch: NATIVE, args }])
              expect(runFilter(program, asked).outcome).toBe(outcomeOf(given, asked) >>> 0);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("decides every number as the rules do, from the first to past the last", () => {
    fc.assert(
      fc.property(rules, (given) => {
        const program = assembleFilter(given);
        for (let number = 0; number < 520; number++) {
          const asked = { arch: NATIVE, number, args: [0n, 0n, 0n, 0n, 0n, 0n] };
          expect(runFilter(program, asked).outcome).toBe(outcomeOf(given, asked) >>> 0);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("jumps farther than a jump of eight bits reaches", () => {
    // Every call different from its neighbours, each with much code of its own.
    const calls = new Map<number, CallRule>();
    for (let number = 0; number < 200; number++) {
      const when = [0, 1].map((at): Condition => ({ kind: "gt", index: at, value: BigInt(number) << 32n }));
      calls.set(number, { branches: [{ when, outcome: refuse(number + 1) }], otherwise: refuse(number + 1000) });
    }
    const given: FilterRules = { auditArch: NATIVE, foreign: KILL, calls, unknown: refuse(38), x32: null };
    const program = assembleFilter(given);
    expect(program.byteLength / 8).toBeGreaterThan(1500);
    for (let number = 0; number < 201; number++) {
      for (const high of [0, number - 1, number, number + 1, 0xffff_ffff]) {
        const args = [0, 1, 2, 3, 4, 5].map(() => (BigInt(Math.max(0, high)) << 32n) | 1n);
        const asked = { arch: NATIVE, number, args };
        expect(runFilter(program, asked).outcome).toBe(outcomeOf(given, asked) >>> 0);
      }
    }
  });

  test("refuses more instructions than the kernel takes", () => {
    const branches = Array.from(
      { length: 1500 },
      (_, value): Branch => ({
        when: [{ kind: "eq", index: 0, value: BigInt(value) }],
        outcome: ALLOW,
      }),
    );
    const calls = new Map([[1, { branches, otherwise: KILL }]]);
    expect(() => assembleFilter({ auditArch: NATIVE, foreign: KILL, calls, unknown: KILL, x32: null })).toThrow(
      /^Cannot make a filter of \d+ instructions: the kernel takes 4096$/,
    );
  });

  test("makes one range of neighbours with the same rule", () => {
    const calls = new Map(Array.from({ length: 400 }, (_, number) => [number, { branches: [], otherwise: ALLOW }]));
    const given: FilterRules = { auditArch: NATIVE, foreign: KILL, calls, unknown: refuse(38), x32: null };
    expect(assembleFilter(given).byteLength / 8).toBeLessThan(9);
  });
});
