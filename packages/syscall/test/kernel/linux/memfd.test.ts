import { describe, expect, test } from "bun:test";
import { FINAL_SEALS, getSeals, sealedMemfd } from "../../../src/linux/memfd.ts";
import { ftruncate, pread, read, write } from "../../../src/posix/file.ts";
import { openDescriptors } from "../descriptors.ts";

describe("sealedMemfd()", () => {
  test("holds the bytes, and nobody can change them or the seals", () => {
    const before = openDescriptors();
    {
      using memfd = sealedMemfd("test", Buffer.from("payload"));
      expect(getSeals(memfd.fd) & FINAL_SEALS).toBe(FINAL_SEALS);
      expect(() => write(memfd.fd, Buffer.from("x"))).toThrow("EPERM");
      expect(() => ftruncate(memfd.fd, 3)).toThrow("EPERM");
      expect(() => ftruncate(memfd.fd, 30)).toThrow("EPERM");
      const bytes = new Uint8Array(16);
      expect(read(memfd.fd, bytes)).toBe(7);
      expect(Buffer.from(bytes.subarray(0, 7)).toString()).toBe("payload");
    }
    expect(openDescriptors()).toBeLessThanOrEqual(before);
  });

  test("holds nothing, or a mebibyte", () => {
    for (const length of [0, 2 ** 20]) {
      using memfd = sealedMemfd("test", new Uint8Array(length).fill(7));
      expect(pread(memfd.fd, new Uint8Array(length + 1), 0)).toBe(length);
    }
  });

  test("runs only when it is said to be executable", () => {
    using script = sealedMemfd("script", Buffer.from("#!/bin/sh\nexit 5\n"), { executable: true });
    expect(Bun.spawnSync([`/proc/${process.pid}/fd/${script.fd}`]).exitCode).toBe(5);
  });
});
