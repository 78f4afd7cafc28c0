import { expect, test } from "bun:test";
import { holdAbstractName } from "../../../src/linux/abstract-name.ts";

test("holdAbstractName() gives a name to one holder, until that closes it or is killed", async () => {
  const name = `hutch-test-${crypto.randomUUID()}`;
  const first = holdAbstractName(name);
  expect(first).not.toBeNull();
  expect(holdAbstractName(name)).toBeNull();
  first?.close();

  const source = Bun.fileURLToPath(new URL("../../../src/linux/abstract-name.ts", import.meta.url));
  const script = `import { holdAbstractName } from ${JSON.stringify(source)};
    console.log(holdAbstractName(${JSON.stringify(name)}) !== null); setInterval(() => {}, 1000);`;
  const other = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  const reader = other.stdout.getReader();
  const { value } = await reader.read();
  expect(new TextDecoder().decode(value).trim()).toBe("true");
  expect(holdAbstractName(name)).toBeNull();
  other.kill("SIGKILL");
  await other.exited;
  // The rest of the pipe goes now, and not during another test that counts descriptors.
  await reader.cancel();
  using again = holdAbstractName(name);
  expect(again).not.toBeNull();
});

test("holdAbstractName() refuses a name that would be cut off", () => {
  expect(() => holdAbstractName("x".repeat(108))).toThrow(RangeError);
  using longest = holdAbstractName("x".repeat(107));
  expect(longest).not.toBeNull();
});
