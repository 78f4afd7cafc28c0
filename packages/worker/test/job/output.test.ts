import { afterAll, describe, expect, test } from "bun:test";
import { callFunction } from "./cold-job.ts";
import { Modules } from "./modules.ts";

const modules = new Modules();
afterAll(() => modules[Symbol.dispose]());
const MiB = 2 ** 20;

let count = 0;
const outputOf = async (body: string): Promise<{ stdout: string; stderr: string }> => {
  const { stdout, stderr, response, exitCode } = await callFunction(
    modules.add(`out-${count++}.ts`, `export default async () => { ${body} };`),
    "default",
  );
  expect({ kind: response.kind, exitCode }).toEqual({ kind: "value", exitCode: 0 });
  return { stdout, stderr };
};

describe("a job's output", () => {
  test("arrives whole when the job ends right after", async () => {
    expect((await outputOf('console.log("a".repeat(2 ** 20)); console.log("end");')).stdout).toBe(
      `${"a".repeat(MiB)}\nend\n`,
    );
    expect((await outputOf('process.stdout.write("b".repeat(2 ** 20)); process.stdout.write("end");')).stdout).toBe(
      `${"b".repeat(MiB)}end`,
    );
    expect((await outputOf('process.stderr.write("c".repeat(2 ** 20)); console.error("end");')).stderr).toBe(
      `${"c".repeat(MiB)}end\n`,
    );
  });

  test("keeps its order between console and process.stdout", async () => {
    const { stdout } = await outputOf(
      'for (let i = 0; i < 2000; i++) { console.log("c" + i); process.stdout.write("w" + i + "\\n"); }',
    );
    expect(stdout).toBe(Array.from({ length: 2000 }, (_, i) => `c${i}\nw${i}\n`).join(""));
  });

  test("process.stdout takes text, bytes, callbacks and pipes as a stream does", async () => {
    const { stdout } = await outputOf(`
      const { Readable } = await import("node:stream"); const { pipeline } = await import("node:stream/promises");
      await new Promise<void>((done) => process.stdout.write(new Uint8Array([104, 105, 10]), () => done()));
      process.stdout.write("aGk=\\n", "utf8");
      await pipeline(Readable.from(["piped ", "twice\\n"]), process.stdout, { end: false });
      console.log(process.stdout.fd, process.stderr.fd, process.stdout.isTTY, process.stdout === process.stdout);`);
    expect(stdout).toBe("hi\naGk=\npiped twice\n1 2 undefined true\n");
  });
});
