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
      'Cannot use option "policy.files[0].mode": it is not known',
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
