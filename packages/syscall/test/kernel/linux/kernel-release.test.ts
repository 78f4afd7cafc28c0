import { describe, expect, test } from "bun:test";
import { release } from "node:os";
import { kernelRelease, kernelVersion } from "../../../src/index.ts";

describe("the kernel's release", () => {
  test("is what the runtime reads too", () => {
    expect(kernelRelease()).toBe(release());
  });

  test("has its first two numbers", () => {
    const [major, minor] = kernelVersion();
    expect(release()).toStartWith(`${major}.${minor}`);
    expect(major).toBeGreaterThanOrEqual(4);
  });
});
