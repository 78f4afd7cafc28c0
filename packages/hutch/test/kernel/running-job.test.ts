import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createPool, type Pool, type RunningJob, run } from "../../src/index.ts";

const TWO_LINES = ["/bin/sh", "-c", "echo one; sleep 0.05; echo two >&2"] as const;

async function outputOf(job: RunningJob): Promise<string[]> {
  const seen: string[] = [];
  for await (const { stream, bytes } of job) seen.push(`${stream}: ${new TextDecoder().decode(bytes)}`);
  return seen;
}

describe("a running job", () => {
  let pool: Pool;
  beforeAll(async () => {
    pool = await createPool();
  });
  afterAll(async () => {
    await pool.close();
  });

  test("of a pool is iterated also while it waits for a worker", async () => {
    const [first, second] = [pool.run(TWO_LINES), pool.run(TWO_LINES)];
    expect(await outputOf(second)).toEqual(["stdout: one\n", "stderr: two\n"]);
    expect(await outputOf(first)).toEqual(["stdout: one\n", "stderr: two\n"]);
  });

  test("that never starts ends its iteration with the reason", async () => {
    const busy = pool.run(["/bin/sleep", "0.2"]);
    const waiting = pool.run(TWO_LINES);
    waiting.kill(new Error("not needed"));
    expect(outputOf(waiting)).rejects.toThrow("not needed");
    const aborted = run(TWO_LINES, { signal: AbortSignal.abort(new Error("too late")) });
    expect(outputOf(aborted)).rejects.toThrow("too late");
    expect((await busy).ok).toBe(true);
  });

  test("refuses a signal to kill(), for nothing but SIGKILL is ever sent", async () => {
    const job = run(["/bin/sleep", "60"]);
    expect(() => job.kill("SIGTERM" as never)).toThrow(/"SIGTERM".*always ended by SIGKILL/);
    expect(() => job.kill(15 as never)).toThrow(TypeError);
    job.kill();
    const reason = await job.catch((error: unknown) => error);
    expect(reason).toMatchObject({ name: "AbortError" });
    job.kill();
  });

  test("chains like a promise", async () => {
    const text = await run(["/bin/echo", "hi"])
      .then((result) => result.text())
      .catch(() => "failed")
      .finally(() => undefined);
    expect(text).toBe("hi\n");
  });
});
