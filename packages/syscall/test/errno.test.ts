import { describe, expect, test } from "bun:test";
import { constants } from "node:os";
import { errnoCode, errnoText, isSyscallError, SyscallError } from "../src/errno.ts";

describe("SyscallError", () => {
  test("says what failed, the code and the kernel's text", () => {
    const error = new SyscallError("setsid", 1);
    expect(error.message).toBe("Cannot setsid: EPERM (Operation not permitted)");
    expect(error).toMatchObject({ name: "SyscallError", call: "setsid", errno: 1, code: "EPERM" });
  });

  test("puts the detail behind the call", () => {
    expect(new SyscallError("openat", 2, '"/x"').message).toBe(
      'Cannot openat "/x": ENOENT (No such file or directory)',
    );
  });

  test("keeps a number that Linux does not define", () => {
    expect(new SyscallError("ioctl", 4000).message).toBe("Cannot ioctl: ERRNO_4000 (Unknown error)");
  });
});

describe("errnoCode()", () => {
  test("knows 1 to 133 except the two numbers that Linux skips", () => {
    const unknown = Array.from({ length: 135 }, (_, errno) => errno).filter((errno) =>
      errnoCode(errno).startsWith("ERRNO_"),
    );
    expect(unknown).toEqual([0, 41, 58, 134]);
  });

  test("and errnoText() agree with node:os on every errno that it has", () => {
    for (const [name, errno] of Object.entries(constants.errno)) {
      if (["EWOULDBLOCK", "EOPNOTSUPP", "ENOTSUP"].includes(name)) continue;
      expect([errno, errnoCode(errno) as string]).toEqual([errno, name]);
      expect(errnoText(errno)).not.toBe("Unknown error");
    }
    expect([errnoCode(110), errnoText(110)]).toEqual(["ETIMEDOUT", "Connection timed out"]);
    expect([errnoCode(133), errnoText(133)]).toEqual(["EHWPOISON", "Memory page has hardware error"]);
  });
});

test("isSyscallError() tells by code, and any failed call without one", () => {
  const error: unknown = new SyscallError("kill", 3);
  expect(isSyscallError(error)).toBe(true);
  expect(isSyscallError(error, "ESRCH", "EPERM")).toBe(true);
  expect(isSyscallError(error, "EPERM")).toBe(false);
  expect(isSyscallError(new Error("ESRCH"), "ESRCH")).toBe(false);
  // @ts-expect-error no such code
  expect(isSyscallError(error, "ENOSUCH")).toBe(false);
});
