import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { type SyscallName, syscallNumber, syscallNumbers, UnsupportedSyscallError } from "../../src/linux/numbers.ts";
import { arch } from "../../src/platform.ts";

const X86_64 = syscallNumbers("x86-64");
const ARM64 = syscallNumbers("arm64");
const LAST_OF_6_18 = 469;
// Numbers from 424 on are the same everywhere.
const FIRST_SHARED = 424;

describe("syscallNumbers()", () => {
  test.each([
    ["x86-64", X86_64],
    ["arm64", ARM64],
  ] as const)("of %s names each number once, up to the last of Linux 6.18", (_, table) => {
    const numbers = Object.values(table);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.max(...numbers)).toBe(LAST_OF_6_18);
  });

  test("of both agree on all calls since Linux 5.1, without gaps", () => {
    const shared = (table: Readonly<Record<string, number>>) =>
      Object.entries(table).filter(([, number]) => number >= FIRST_SHARED);
    expect(shared(ARM64)).toEqual(shared(X86_64));
    expect(shared(X86_64).map(([, number]) => number)).toEqual(
      Array.from({ length: LAST_OF_6_18 - FIRST_SHARED + 1 }, (_, index) => FIRST_SHARED + index),
    );
  });

  const header = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h";
  test.skipIf(!existsSync(header))(`of x86-64 has all that ${header} has (skipped without that file)`, () => {
    const defined = [...readFileSync(header, "utf8").matchAll(/#define __NR_(\w+) (\d+)/g)].map(([, name, number]) => [
      name,
      Number(number),
    ]);
    expect(defined.length).toBeGreaterThan(300);
    const known = Object.fromEntries(defined.filter(([, number]) => (number as number) <= LAST_OF_6_18));
    expect(X86_64).toMatchObject(known);
  });

  const generic = "/usr/include/asm-generic/unistd.h";
  test.skipIf(!existsSync(generic))(
    `of arm64 has all plain ones that ${generic} has (skipped without that file)`,
    () => {
      const defined = [...readFileSync(generic, "utf8").matchAll(/^#define __NR_(\w+) (\d+)$/gm)].map(
        ([, name, number]) => [name, Number(number)] as const,
      );
      const plain = defined.filter(
        ([name, number]) =>
          !/time64$|^(arch_specific_syscall|syscalls|sync_file_range2|mmap2)$|_time64_/.test(name as string) &&
          number <= LAST_OF_6_18,
      );
      expect(plain.length).toBeGreaterThan(200);
      expect(ARM64 as Readonly<Record<string, number>>).toMatchObject(Object.fromEntries(plain));
    },
  );
});

test("syscallNumber() gives the number of the running machine", () => {
  expect(syscallNumber("openat")).toBe(syscallNumbers(arch()).openat as number);
});

test("syscallNumber() throws a typed error for a call that this machine lacks", () => {
  // @ts-expect-error no such call
  const missing: SyscallName = "definitely_not_a_call";
  expect(() => syscallNumber(missing)).toThrow(UnsupportedSyscallError);
  expect(() => syscallNumber(missing)).toThrow(`Cannot call definitely_not_a_call: ${arch()} does not have it`);
});
