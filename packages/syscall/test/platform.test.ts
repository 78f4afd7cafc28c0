import { expect, test } from "bun:test";

test("importing the package calls nothing: on a foreign platform only the first call throws", () => {
  const index = `${import.meta.dir}/../src/index.ts`;
  const script = `
    Object.defineProperty(process, "platform", { value: "darwin" });
    const syscall = await import(${JSON.stringify(index)});
    console.log(syscall.isSupportedPlatform());
    try { syscall.getpid(); } catch (error) { console.log(error.name + ": " + error.message); }
  `;
  const { stdout, stderr } = Bun.spawnSync([process.execPath, "-e", script], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  expect(stderr.toString()).toBe("");
  expect(stdout.toString()).toMatch(
    /^false\nUnsupportedPlatformError: Cannot make kernel calls: this is darwin on \w+, needed is Linux on x86-64 or arm64\n$/,
  );
});
