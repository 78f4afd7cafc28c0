import { describe, expect, test } from "bun:test";
import type { SyscallProfile } from "@hutch/core";
import { type Arch, syscallNumbers } from "@hutch/syscall";
import { COMMAND_PROFILE } from "../../src/policies/command-profile.ts";
import { FUNCTION_PROFILE } from "../../src/policies/function-profile.ts";
import { pairsProfile } from "../../src/policies/only-pairs.ts";
import { tcpProfile } from "../../src/policies/past-landlock.ts";
import { supervisedProfile } from "../../src/policies/supervised-profile.ts";
import { assembleFilter } from "../../src/seccomp/assemble-filter.ts";
import { ALLOW, type FilterRules, KILL, outcomeOf, refuse } from "../../src/seccomp/filter-rules.ts";
import { resolveProfile } from "../../src/seccomp/resolve-profile.ts";
import { runFilter } from "../bpf-machine.ts";

/** setpriority on arm64 and x86-64: its second argument counts, too. */
const PRIORITY = [140, 141];
const ARCHES = ["x86-64", "arm64"] as const;
const SUPERVISED_PROFILE = supervisedProfile(COMMAND_PROFILE);
const PROFILES: Readonly<Record<string, SyscallProfile>> = {
  command: COMMAND_PROFILE,
  function: FUNCTION_PROFILE,
  supervised: SUPERVISED_PROFILE,
  "with ports of TCP": tcpProfile(COMMAND_PROFILE, false),
  "with pairs of Unix sockets": pairsProfile(COMMAND_PROFILE),
};
const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97].map(refuse) as [number, number, number];

function rulesOf(profile: SyscallProfile, arch: Arch): FilterRules {
  return resolveProfile(profile, { arch, kernel: [6, 1] });
}

function decide(rules: FilterRules, arch: Arch, name: string, ...args: bigint[]): number {
  const number = syscallNumbers(arch)[name as keyof ReturnType<typeof syscallNumbers>];
  if (number === undefined) throw new TypeError(`${arch} has no ${name}`);
  return outcomeOf(rules, { arch: rules.auditArch, number, args });
}

describe("the shipped profiles", () => {
  for (const [name, profile] of Object.entries(PROFILES)) {
    test(`${name}: each entry has a reason`, () => {
      for (const rule of profile.syscalls ?? []) expect(rule.comment ?? "").not.toBe("");
    });

    test(`${name}: names exist, and none is decided twice without conditions`, () => {
      const known = new Set(ARCHES.flatMap((arch) => Object.keys(syscallNumbers(arch))));
      const final = (profile.syscalls ?? [])
        .filter((rule) => (rule.args ?? []).length === 0)
        .flatMap((rule) => rule.names);
      expect(final.filter((call) => !known.has(call))).toEqual([]);
      expect(final.filter((call, index) => final.indexOf(call) !== index)).toEqual([]);
    });

    for (const arch of ARCHES) {
      test(`${name} on ${arch}: the program decides as the profile does, for every number and many arguments`, () => {
        const rules = rulesOf(profile, arch);
        const program = assembleFilter(rules);
        const numbers = [
          ...Array(600).keys(),
          0x3fff_ffff,
          0x4000_0000,
          0x4000_003b,
          0x7fff_ffff,
          0x8000_0000,
          0xffff_ffff,
        ];
        const values = [
          0n,
          1n,
          2n,
          8n,
          10n,
          16n,
          17n,
          40n,
          0x5412n,
          0x7e02_0000n,
          0x1000_0000n,
          0xffff_ffffn,
          1n << 32n,
        ];
        const all = [...values, ...values.map((value) => value | (1n << 32n)), 2n ** 64n - 1n];
        for (const number of numbers)
          for (const first of all)
            for (const second of number < 60 || number > 260 || PRIORITY.includes(number) ? all : [0n])
              for (const auditArch of [rules.auditArch, 0x4000_0003]) {
                const call = { arch: auditArch, number, args: [first, second, 0n, 0n, 0n, 0n] };
                expect(runFilter(program, call).outcome).toBe(outcomeOf(rules, call) >>> 0);
              }
      });

      test(`${name} on ${arch}: the kernel takes few steps to find a number`, () => {
        const rules = rulesOf(profile, arch);
        const program = assembleFilter(rules);
        const { getsockopt, setsockopt } = syscallNumbers(arch);
        const isList = (number: number): boolean => name === "supervised" && [getsockopt, setsockopt].includes(number);
        const stepsOf = (number: number): number =>
          runFilter(program, { arch: rules.auditArch, number, args: [0n, 0n, 0n, 0n, 0n, 0n] }).steps;
        const steps = [...rules.calls.keys()].filter((number) => !isList(number)).map(stepsOf);
        expect(Math.max(...steps)).toBeLessThan(32);
        expect(steps.reduce((sum, each) => sum + each, 0) / steps.length).toBeLessThan(13);
        // The list of socket options is gone through from its start.
        for (const number of [...rules.calls.keys()].filter(isList)) expect(stepsOf(number)).toBeLessThan(100);
        expect(program.byteLength / 8).toBeLessThan(name === "supervised" ? 700 : 250);
      });
    }
  }

  test("command: names every call of both architectures, so that a new one is decided and not forgotten", () => {
    const named = new Set((COMMAND_PROFILE.syscalls ?? []).flatMap((rule) => rule.names));
    for (const arch of ARCHES) expect(Object.keys(syscallNumbers(arch)).filter((call) => !named.has(call))).toEqual([]);
  });

  test("supervised: refuses commands listen, TCP Fast Open, requests and most options of sockets, and nothing else", () => {
    const FAST_OPEN = 0x2000_0000n;
    const ENOPROTOOPT = refuse(92);
    const EOPNOTSUPP = refuse(95);
    for (const arch of ARCHES) {
      const [wide, narrow] = [rulesOf(COMMAND_PROFILE, arch), rulesOf(SUPERVISED_PROFILE, arch)];
      for (const name of Object.keys(syscallNumbers(arch)))
        expect([name, decide(narrow, arch, name, 2n, 1n, 0n, 0n)]).toEqual([
          name,
          name === "listen"
            ? EOPNOTSUPP
            : name.endsWith("etsockopt")
              ? ENOPROTOOPT
              : decide(wide, arch, name, 2n, 1n, 0n, 0n),
        ]);
      for (const [name, index] of [
        ["sendto", 3],
        ["sendmsg", 2],
        ["sendmmsg", 3],
      ] as const) {
        const args = [0n, 0n, 0n, 0n].map((value, at) => (at === index ? FAST_OPEN | 0x4000n : value));
        expect(decide(narrow, arch, name, ...args)).toBe(EOPNOTSUPP);
        expect(decide(wide, arch, name, ...args)).toBe(ALLOW);
      }
      for (const request of [0x8900n, 0x8912n, 0x89ffn, (1n << 32n) | 0x8927n, 0x4004_8912n, 0x8b01n]) {
        expect([request, decide(narrow, arch, "ioctl", 0n, request)]).toEqual([request, EPERM]);
        expect([request, decide(wide, arch, "ioctl", 0n, request)]).toEqual([request, ALLOW]);
      }
      // SO_BINDTODEVICE, SO_BINDTOIFINDEX, IP_PKTINFO, IP_PKTOPTIONS, IP_OPTIONS, IP_UNICAST_IF, TCP_ULP, TCP_CONGESTION
      for (const [level, option] of [
        [1, 25],
        [1, 62],
        [0, 8],
        [0, 9],
        [0, 4],
        [0, 50],
        [6, 31],
        [6, 13],
      ] as const)
        for (const name of ["getsockopt", "setsockopt"])
          for (const high of [0n, 1n << 32n])
            expect(decide(narrow, arch, name, 3n, BigInt(level), BigInt(option) | high)).toBe(ENOPROTOOPT);
      // SO_ERROR, SO_KEEPALIVE, TCP_NODELAY, TCP_KEEPIDLE, IPV6_V6ONLY
      for (const [level, option] of [
        [1, 4],
        [1, 9],
        [6, 1],
        [6, 4],
        [41, 26],
      ] as const)
        for (const name of ["getsockopt", "setsockopt"])
          expect(decide(narrow, arch, name, 3n, BigInt(level), BigInt(option))).toBe(ALLOW);
      for (const request of [0x541bn, 0x8812n, 0x8a12n]) expect(decide(narrow, arch, "ioctl", 0n, request)).toBe(ALLOW);
    }
  });

  test("with pairs of Unix sockets: refuses these sockets, datagrams and io_uring, and nothing else", () => {
    const EACCES = refuse(13);
    const [STREAM, DGRAM, RAW, SEQPACKET, FLAGS] = [1n, 2n, 3n, 5n, 0x8_0800n];
    for (const arch of ARCHES) {
      const wide = rulesOf({ defaultAction: "SCMP_ACT_ALLOW", syscalls: [] }, arch);
      const narrow = rulesOf(pairsProfile({ defaultAction: "SCMP_ACT_ALLOW", syscalls: [] }), arch);
      const differs = Object.keys(syscallNumbers(arch)).filter(
        (name) => decide(narrow, arch, name, 1n, DGRAM) !== decide(wide, arch, name, 1n, DGRAM),
      );
      expect(differs.sort()).toEqual(["io_uring_setup", "socket", "socketpair"]);
      for (const high of [0n, 1n << 32n, 0xffff_fff0n << 32n]) {
        for (const type of [STREAM, DGRAM, RAW, SEQPACKET])
          expect(decide(narrow, arch, "socket", 1n | high, type | high)).toBe(EACCES);
        for (const type of [DGRAM, RAW, DGRAM | FLAGS])
          expect(decide(narrow, arch, "socketpair", 1n | high, type | high)).toBe(EACCES);
        for (const type of [STREAM, SEQPACKET, STREAM | FLAGS])
          expect(decide(narrow, arch, "socketpair", 1n | high, type | high)).toBe(ALLOW);
      }
      expect(decide(narrow, arch, "socket", 2n, STREAM)).toBe(ALLOW);
    }
  });

  test("function: allows nothing that command refuses", () => {
    for (const arch of ARCHES) {
      const [wide, narrow] = [rulesOf(COMMAND_PROFILE, arch), rulesOf(FUNCTION_PROFILE, arch)];
      for (const name of Object.keys(syscallNumbers(arch)))
        if (decide(narrow, arch, name, 0n, 0n, 0n) === ALLOW)
          expect([name, decide(wide, arch, name, 0n, 0n, 0n)]).toEqual([name, ALLOW]);
    }
  });

  for (const [name, profile] of Object.entries(PROFILES)) {
    test(`${name}: what it stops`, () => {
      const rules = rulesOf(profile, "x86-64");
      const says = (call: string, ...args: bigint[]): number => decide(rules, "x86-64", call, ...args);
      for (const call of [
        "keyctl",
        "add_key",
        "bpf",
        "perf_event_open",
        "userfaultfd",
        "unshare",
        "setns",
        "mount",
        "umount2",
      ])
        expect([call, says(call)]).toEqual([call, EPERM]);
      for (const call of ["io_uring_setup", "clone3", "_sysctl"]) expect([call, says(call)]).toEqual([call, ENOSYS]);
      for (const call of ["init_module", "kexec_load"]) expect([call, says(call)]).toEqual([call, KILL]);
      for (const flag of [0x2_0000n, 0x200_0000n, 0x400_0000n, 0x800_0000n, 0x1000_0000n, 0x2000_0000n, 0x4000_0000n])
        expect([flag, says("clone", flag | 17n)]).toEqual([flag, EPERM]);
      expect(says("clone", 0x3d_0f00n)).toBe(ALLOW);
      const families = name === "with pairs of Unix sockets" ? [2n, 10n] : [1n, 2n, 10n];
      for (const family of families) expect(says("socket", family, 1n, 0n)).toBe(ALLOW);
      for (const family of [0n, 3n, 17n, 30n, 38n, 40n, 44n]) expect(says("socket", family, 1n, 0n)).toBe(EAFNOSUPPORT);
      expect(says("socket", 16n, 3n, 0n)).toBe(ALLOW);
      expect(says("socket", 16n, 3n, 12n)).toBe(EAFNOSUPPORT);
      for (const request of [0x5412n, 0x541cn, 0x5423n]) expect(says("ioctl", 0n, request)).toBe(EPERM);
      expect(says("ioctl", 0n, 0x5401n)).toBe(ALLOW);
      for (const pid of [0n, 1n << 32n]) expect(says("prlimit64", pid, 0n, 9n)).toBe(ALLOW);
      for (const pid of [1n, 2n, (1n << 32n) | 1n, 0xffff_ffffn]) {
        expect([pid, says("prlimit64", pid, 0n, 9n)]).toEqual([pid, EPERM]);
        expect([pid, says("prlimit64", pid, 0n, 1n << 32n)]).toEqual([pid, EPERM]);
        expect([pid, says("prlimit64", pid, 0n, 0n)]).toEqual([pid, ALLOW]);
      }
      for (const command of [1024n, 1040n, (1n << 32n) | 1024n]) expect(says("fcntl", 0n, command)).toBe(EPERM);
      for (const command of [0n, 1n, 4n, 6n, 1030n]) expect(says("fcntl", 0n, command)).toBe(ALLOW);
      // The size of core files is told to be set, and is not: RLIMIT_CORE is 4.
      for (const high of [0n, 1n << 32n]) {
        expect(says("setrlimit", high | 4n, 9n)).toBe(refuse(0));
        expect(says("prlimit64", high, high | 4n, 9n)).toBe(refuse(0));
        expect(says("prlimit64", high, high | 4n, 0n)).toBe(ALLOW);
        expect(says("setrlimit", high | 7n, 9n)).toBe(ALLOW);
      }
      for (const option of [26n, 50n, 51n, 52n, (7n << 32n) | 26n])
        expect([option, says("setsockopt", 3n, 1n | (1n << 32n), option)]).toEqual([
          option,
          name === "supervised" ? refuse(92) : EPERM,
        ]);
      // SO_REUSEADDR, SO_KEEPALIVE, and IP_TTL of another level
      for (const [level, option] of [
        [1n, 2n],
        [1n, 9n],
        [0n, 2n],
      ] as const)
        expect(says("setsockopt", 3n, level, option)).toBe(ALLOW);
      // What the kernel does not look at must not get past the filter either.
      expect(says("socket", (1n << 32n) | 40n)).toBe(EAFNOSUPPORT);
      expect(says("ioctl", 0n, (5n << 32n) | 0x5412n)).toBe(EPERM);
    });
  }

  test("a number that no table has is as on a kernel without it; x32 and i386 end the job", () => {
    const rules = rulesOf(COMMAND_PROFILE, "x86-64");
    const native = { arch: rules.auditArch, args: [] };
    expect(outcomeOf(rules, { ...native, number: 600 })).toBe(ENOSYS);
    expect(outcomeOf(rules, { ...native, number: 0xffff_ffff })).toBe(ENOSYS);
    expect(outcomeOf(rules, { ...native, number: 0x4000_0000 })).toBe(KILL);
    expect(outcomeOf(rules, { arch: 0x4000_0003, number: 1, args: [] })).toBe(KILL);
  });
});
