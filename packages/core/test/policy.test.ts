import { describe, expect, test } from "bun:test";
import { DEFAULT_POLICY, parsePolicy } from "@hutch/core";
import fc from "fast-check";

describe("parsePolicy()", () => {
  test("fills in what is left out and merges the environment", () => {
    expect(parsePolicy()).toEqual(DEFAULT_POLICY);
    expect(parsePolicy({ env: { HOME: "/home", A: "" } }).env).toEqual({ ...DEFAULT_POLICY.env, HOME: "/home", A: "" });
    expect(parsePolicy({ network: "host" })).toEqual({ ...DEFAULT_POLICY, network: "host" });
  });

  test("gives a policy that it accepts again", () => {
    const policy = parsePolicy({
      files: [{ kind: "symlink", path: "/a", target: "b" }],
      bestEffort: ["seccomp"],
      cwd: "/",
      hostname: "ü".repeat(32),
    });
    expect(parsePolicy(policy)).toEqual(policy);
  });

  const cases: readonly (readonly [given: unknown, message: string])[] = [
    [null, "Cannot use policy = null: expected an object"],
    [[], "Cannot use policy = an array: expected an object"],
    [{ nework: "none" }, 'Cannot use option "policy.nework": it is not known; did you mean "network"?'],
    [{ network: "wifi" }, 'Cannot use policy.network = "wifi": expected ("none" | "host")'],
    [{ backend: 1 }, 'Cannot use policy.backend = 1: expected ("auto" | "linux-clone" | "posix-fork")'],
    [{ cwd: "tmp" }, 'Cannot use policy.cwd = "tmp": expected an absolute path without ".."'],
    [{ cwd: "/a/../b" }, 'Cannot use policy.cwd = "/a/../b": expected an absolute path without ".."'],
    [{ cwd: "/a\0" }, 'Cannot use policy.cwd = "/a\\u0000": expected text without a NUL byte'],
    [{ hostname: "" }, 'Cannot use policy.hostname = "": expected text that is not empty'],
    [{ hostname: "ü".repeat(33) }, `Cannot use policy.hostname = "${"ü".repeat(33)}": expected at most 64 bytes`],
    [{ env: { "A=B": "c" } }, 'Cannot use policy.env.A=B = "A=B": expected a name without "="'],
    [{ env: { "": "c" } }, 'Cannot use policy.env. = "": expected a name without "="'],
    [{ env: { A: 1 } }, "Cannot use policy.env.A = 1: expected string"],
    [{ env: { A: "\ud800" } }, 'Cannot use policy.env.A = "\\ud800": expected well-formed Unicode text'],
    [
      { env: [] },
      "Cannot use policy.env = an array: expected an object of texts, with no name of __proto__, constructor, prototype",
    ],
    [
      { env: { constructor: "x" } },
      "Cannot use policy.env = an object: expected an object of texts, with no name of __proto__, constructor, prototype",
    ],
    [{ files: {} }, "Cannot use policy.files = an object: expected an array"],
    [
      { files: [{ kind: "copy" }] },
      'Cannot use policy.files[0].kind = "copy": expected ("read-only" | "read-write" | "overlay" | "tmpfs" | "symlink" | "content")',
    ],
    [
      { files: [{ kind: "read-only", source: "", path: "/x" }] },
      'Cannot use policy.files[0].source = "": expected text that is not empty',
    ],
    [
      { files: [{ kind: "read-only", source: "/x", path: "/x", mode: 1 }] },
      'Cannot use option "policy.files[0].mode": kind "read-only" does not have it',
    ],
    [
      { files: [{ kind: "tmpfs", path: "/t", sizeBytes: "1k" }] },
      'Cannot use policy.files[0].sizeBytes = "1k": expected a whole number of bytes from 4096',
    ],
    [
      { files: [{ kind: "tmpfs", path: "/t", sizeBytes: 5000.5 }] },
      "Cannot use policy.files[0].sizeBytes = 5000.5: expected a whole number of bytes from 4096",
    ],
    [
      { files: [{ kind: "content", path: "/t", content: "\ud800" }] },
      'Cannot use policy.files[0].content = "\\ud800": expected well-formed Unicode text',
    ],
    [
      { files: [{ kind: "read-only", source: "/x", path: "/x", sizebytes: 5000 }] },
      'Cannot use option "policy.files[0].sizebytes": it is not known',
    ],
    [{ files: [{ kind: "read-only", path: "/x" }] }, 'Cannot use policy.files[0]: "source" is missing'],
    [
      { files: [{ kind: "read-only", sourc: "/x", path: "/x" }] },
      'Cannot use option "policy.files[0].sourc": it is not known; did you mean "source"?',
    ],
    [{ tcp: { conect: [443] } }, 'Cannot use option "policy.tcp.conect": it is not known; did you mean "connect"?'],
    [{ tcp: { connect: [443] } }, 'Cannot use policy.tcp: "bind" is missing'],
    ...["user-namespace", "pid-namespace", "init"].map(
      (name) =>
        [
          { bestEffort: ["seccomp", name] },
          `Cannot use policy.bestEffort[1] = "${name}": expected a control that can be missing; without user-namespace, pid-namespace, init there is nothing to hold a job in`,
        ] as const,
    ),
    [{ bestEffort: ["selinux"] }, 'Cannot use policy.bestEffort[0] = "selinux": expected ("user-namespace" | '],
  ];
  test.each([...cases])("refuses %j and says what is expected", (given, message) => {
    expect(() => parsePolicy(given)).toThrow(message);
  });

  test("gives a policy or a TypeError or RangeError that names it for anything", () => {
    const parts = fc.constantFrom(...Object.keys(DEFAULT_POLICY));
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.dictionary(parts, fc.anything())), (given) => {
        try {
          parsePolicy(given);
        } catch (error) {
          if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
          expect(error.message).toStartWith("Cannot use ");
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("policy.syscalls", () => {
  const denied = { defaultAction: "SCMP_ACT_ERRNO" } as const;

  test("is a name, or a profile as OCI and Docker write them", () => {
    const profile = {
      ...denied,
      defaultErrnoRet: 1,
      architectures: ["SCMP_ARCH_X86_64"],
      archMap: [{ architecture: "SCMP_ARCH_X86_64", subArchitectures: null }],
      flags: ["SECCOMP_FILTER_FLAG_LOG"],
      syscalls: [
        {
          names: ["clone"],
          action: "SCMP_ACT_ALLOW",
          args: [{ index: 0, value: 2114060288, valueTwo: "0xffffffffffffffff", op: "SCMP_CMP_MASKED_EQ" }],
          comment: "why",
          includes: { arches: ["amd64"], minKernel: "4.8" },
          excludes: { caps: ["CAP_SYS_ADMIN"] },
        },
        { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38, args: null },
      ],
    };
    for (const syscalls of ["default", "off", denied, profile] as const)
      expect(parsePolicy({ syscalls }).syscalls).toEqual(syscalls as never);
  });

  const cases: readonly (readonly [given: unknown, message: string])[] = [
    ["none", 'Cannot use policy.syscalls = "none": expected "default", "off" or a profile'],
    [null, 'Cannot use policy.syscalls = null: expected "default", "off" or a profile'],
    [{}, 'Cannot use policy.syscalls: no profile in Docker\'s format: "defaultAction" is missing'],
    [
      { name: "x", version: "1" },
      'Cannot use policy.syscalls: no profile in Docker\'s format: "defaultAction" is missing',
    ],
    [
      { defaultaction: "SCMP_ACT_ALLOW" },
      'Cannot use option "policy.syscalls.defaultaction": it is not known; did you mean "defaultAction"?',
    ],
    [{ defaultAction: "SCMP_ACT_NOTIFY" }, 'Cannot use policy.syscalls.defaultAction = "SCMP_ACT_NOTIFY"'],
    [{ ...denied, listenerPath: "/x" }, 'Cannot use option "policy.syscalls.listenerPath": it is not known'],
    [{ ...denied, syscalls: [{ names: [], action: "SCMP_ACT_ALLOW" }] }, "policy.syscalls.syscalls[0].names"],
    [
      {
        ...denied,
        syscalls: [{ names: ["a"], action: "SCMP_ACT_ALLOW", args: [{ index: 6, value: 0, op: "SCMP_CMP_EQ" }] }],
      },
      "Cannot use policy.syscalls.syscalls[0].args[0].index = 6: expected an argument from 0 to 5",
    ],
    [
      {
        ...denied,
        syscalls: [{ names: ["a"], action: "SCMP_ACT_ALLOW", args: [{ index: 0, value: 2 ** 64, op: "SCMP_CMP_EQ" }] }],
      },
      "policy.syscalls.syscalls[0].args[0].value",
    ],
    [{ ...denied, defaultErrnoRet: 5000 }, "Cannot use policy.syscalls.defaultErrnoRet = 5000: expected an errno"],
  ];
  test.each(cases)("refuses %j and says where it is wrong", (syscalls, message) => {
    expect(() => parsePolicy({ syscalls })).toThrow(message);
  });
});
