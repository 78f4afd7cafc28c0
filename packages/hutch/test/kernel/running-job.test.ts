import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createPool, type Pool, type RunningJob, run } from "../../src/index.ts";

/** The second line comes after a line of stdin. */
const TWO_LINES = ["/bin/sh", "-c", "echo one; read _; echo two >&2"] as const;

/** A stdin that says a line once it is told to. */
function heldLine(): { readonly stdin: ReadableStream<Uint8Array>; readonly say: () => void } {
  const told = Promise.withResolvers<void>();
  const stdin = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await told.promise;
      controller.enqueue(new TextEncoder().encode("\n"));
      controller.close();
    },
  });
  return { stdin, say: told.resolve };
}

async function outputOf(job: RunningJob, onSeen: () => void = () => undefined): Promise<string[]> {
  const seen: string[] = [];
  for await (const { stream, bytes } of job) {
    seen.push(`${stream}: ${new TextDecoder().decode(bytes)}`);
    onSeen();
  }
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
    const [one, two] = [heldLine(), heldLine()];
    const first = pool.run(TWO_LINES, { stdin: one.stdin });
    const second = pool.run(TWO_LINES, { stdin: two.stdin });
    const outputs = await Promise.all([outputOf(second, two.say), outputOf(first, one.say)]);
    for (const output of outputs) expect(output).toEqual(["stdout: one\n", "stderr: two\n"]);
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
