import { describe, expect, test } from "bun:test";
import {
  type CallHandler,
  DEFAULT_LIMITS,
  DEFAULT_POLICY,
  flattenPolicy,
  type PolicyInput,
  type PolicyLayer,
  PRESET_NAMES,
  PRESETS,
  parsePolicyInput,
} from "@hutch/core";
import fc from "fast-check";

const link = (path: string): NonNullable<PolicyLayer["files"]>[number] => ({ kind: "symlink", path, target: "t" });

describe("parsePolicyInput()", () => {
  test("keeps a policy plain data: handlers are beside it, by their names in it", () => {
    const mkdir: CallHandler = () => "allow";
    const connect = ["a.example:1"];
    const { policy, handlers } = parsePolicyInput({
      extends: { supervise: { connect } },
      supervise: { calls: { mkdir } },
    });
    expect(policy.supervise).toEqual({ connect: [], mayResolveTo: [], answerMs: 10_000, handled: ["mkdir"] });
    expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
    expect(handlers).toEqual({ mkdir });
    expect(parsePolicyInput({ supervise: null }).handlers).toEqual({});
    expect(parsePolicyInput({ supervise: { connect, answerMs: 5 } }).policy.supervise).toEqual({
      connect,
      mayResolveTo: [],
      answerMs: 5,
      handled: [],
    });
  });

  test("gives the defaults for nothing", () => {
    expect(parsePolicyInput()).toEqual({ policy: DEFAULT_POLICY, handlers: {}, limits: DEFAULT_LIMITS });
  });

  test("merges layers from the bottom up: files and variables are added, everything else is replaced", () => {
    const below: PolicyLayer = {
      files: [link("/a")],
      env: { A: "1", B: "1" },
      network: "host",
      bestEffort: ["seccomp"],
    };
    const { policy } = parsePolicyInput({
      extends: [below, { files: [link("/b")], env: { B: "2" } }],
      files: [link("/c")],
      env: { C: "3" },
      bestEffort: [],
    });
    expect(policy.files.map(({ path }) => path)).toEqual(["/a", "/b", "/c"]);
    expect(policy.env).toEqual({ ...DEFAULT_POLICY.env, A: "1", B: "2", C: "3" });
    expect([policy.network, policy.bestEffort]).toEqual(["host", []]);
  });

  test("limits of the caller come before those of the policy, and those before its layers'", () => {
    const layer: PolicyLayer = { extends: { limits: { cpuMs: 9_000, processes: 9 } }, limits: { processes: 8 } };
    expect(parsePolicyInput(layer, { openFiles: 99 }).limits).toEqual({
      ...DEFAULT_LIMITS,
      cpuMs: 9_000,
      wallMs: 36_000,
      processes: 8,
      openFiles: 99,
    });
  });

  test("a new CPU limit brings its own wall limit, unless one is given with it", () => {
    const below: PolicyLayer = { limits: { cpuMs: 1_000, wallMs: 50_000 } };
    expect(parsePolicyInput(below).limits.wallMs).toBe(50_000);
    expect(parsePolicyInput(below, { cpuMs: 2_000 }).limits.wallMs).toBe(8_000);
    expect(parsePolicyInput(below, { processes: 2 }).limits.wallMs).toBe(50_000);
    expect(parsePolicyInput(below, { cpuMs: 2_000, wallMs: 3_000 }).limits.wallMs).toBe(3_000);
  });

  test("knows every preset, and each is a policy that may be extended", () => {
    for (const name of PRESET_NAMES) {
      const { policy, limits } = parsePolicyInput(name);
      expect(policy.network).toBe("none");
      expect(policy.bestEffort).toEqual([]);
      expect(parsePolicyInput({ extends: name })).toEqual({ policy, handlers: {}, limits });
      expect(parsePolicyInput(flattenPolicy(name))).toEqual({ policy, handlers: {}, limits });
      expect(PRESETS[name].description).toBeTruthy();
    }
  });

  const cases: readonly (readonly [given: unknown, message: string])[] = [
    ["strct", 'Cannot use policy = "strct": known presets are strict, toolchain, agent; did you mean "strict"?'],
    ["x", 'Cannot use policy = "x": known presets are strict, toolchain, agent'],
    [{ extends: ["strict", "agnt"] }, 'Cannot use policy = "agnt"'],
    [{ nework: 1 }, 'Cannot use option "policy.nework": it is not known; did you mean "network"?'],
    [{ extend: "strict" }, 'Cannot use option "policy.extend": it is not known; did you mean "extends"?'],
    [{ limits: { cpu: 1 } }, 'Cannot use option "policy.limits.cpu": it is not known; did you mean "cpuMs"?'],
    [
      { files: [{ kind: "tmpfs", path: "/x", sizebytes: 4096 }] },
      'Cannot use option "policy.files[0].sizebytes": it is not known; did you mean "sizeBytes"?',
    ],
    [{ xyzzy: 1 }, 'Cannot use option "policy.xyzzy": it is not known'],
    [{ tcp: { connect: [65_536], bind: [] } }, "Cannot use policy.tcp.connect[0] = 65536: expected at most 65535"],
    [{ files: [{ kind: "tmpfs", path: "/x", inodes: 1 }] }, "Cannot use policy.files[0].inodes = 1: expected a whole"],
    [[], "Cannot use policy = an array: expected an object"],
    [{ extends: 1 }, "Cannot use policy = 1"],
  ];
  test.each(cases)("refuses %j by name", (given, message) => {
    expect(() => parsePolicyInput(given)).toThrow(message);
  });

  test("an unknown name far from every known one gets no suggestion", () => {
    expect(() => parsePolicyInput({ xyzzy: 1 })).toThrow(/it is not known$/);
  });

  test("ends at a layer that extends itself", () => {
    const layer: { extends?: PolicyInput } = {};
    layer.extends = layer;
    expect(() => parsePolicyInput(layer)).toThrow("more than 16 layers");
  });

  test("gives a policy or a TypeError or RangeError that names it for anything", () => {
    const keys = fc.constantFrom(...Object.keys(DEFAULT_POLICY), "extends", "limits", "description");
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.dictionary(keys, fc.anything())), (given) => {
        try {
          parsePolicyInput(given);
        } catch (error) {
          if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
          expect(error.message).toStartWith("Cannot use ");
        }
      }),
      { numRuns: 300 },
    );
  });
});
