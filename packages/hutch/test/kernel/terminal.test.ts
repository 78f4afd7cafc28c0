import { describe, expect, test } from "bun:test";
import { type RunOptions, run } from "../../src/index.ts";
import { until } from "./until.ts";

const size = { columns: 90, rows: 20 };
const inTerminal = async (script: string, options: RunOptions = {}): Promise<string> => {
  const { stdout } = await run(["/bin/sh", "-c", script], { terminal: size, ...options });
  return stdout.toString().replaceAll("\r\n", "\n");
};

describe("run() with a terminal", () => {
  test("gives a command one of this size for all three streams, and stdin is what is typed", async () => {
    const script = "for fd in 0 1 2; do test -t $fd && echo $fd; done; stty size; echo error >&2; read x; echo got $x";
    const shown = await inTerminal(script, { stdin: "typed\n" });
    // The terminal shows what is typed when it is typed.
    expect(shown.replace("typed\n", "")).toBe("0\n1\n2\n20 90\nerror\ngot typed\n");
    const none = await run(["/bin/sh", "-c", "test -t 0 || test -t 1 || test -t 2 || echo none"]);
    expect(none.text()).toBe("none\n");
  });

  test("that is the job's controlling terminal: keys are signals, and /dev/tty is it", async () => {
    const script = "trap 'echo caught; exit 5' INT; echo ready > /dev/tty; sleep 20 & wait";
    const keys = new TransformStream<Uint8Array, Uint8Array>();
    const job = run(["/bin/sh", "-c", script], { terminal: size, stdin: keys.readable, limits: { wallMs: 60_000 } });
    const typing = keys.writable.getWriter();
    for await (const { bytes } of job)
      if (new TextDecoder().decode(bytes).includes("ready")) typing.write(Uint8Array.of(3)).catch(() => undefined);
    const { stdout, verdict } = await job;
    expect(stdout.toString()).toContain("caught");
    expect(verdict.exitCode).toBe(5);
    expect((await run(["/bin/sh", "-c", ": < /dev/tty"], { policy: { terminal: true } })).ok).toBe(false);
  });

  test("changes its size, and the job hears of it", async () => {
    const job = run(["/bin/bash", "-c", "trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.05; done"], {
      terminal: size,
      limits: { wallMs: 60_000 },
    });
    for await (const { bytes } of job)
      if (new TextDecoder().decode(bytes).includes("ready")) job.resize({ columns: 7, rows: 5 });
    expect((await job).stdout.toString()).toContain("5 7");
    job.resize(size);
  });

  test("counts its output, and ends with its limits", async () => {
    const flood = await run(["/bin/sh", "-c", "yes"], { terminal: size, limits: { outputBytes: 10_000 } });
    expect(flood.verdict.status).toBe("output-limit");
    const asleep = await run(["/bin/sh", "-c", "sleep 20"], { terminal: size, limits: { wallMs: 200 }, stdin: "x\n" });
    expect(asleep.verdict.status).toBe("wall-limit");
  });

  test("that the job does not read from holds nobody up: the wall limit ends it", async () => {
    const keys = new ReadableStream<Uint8Array>({ pull: (queue) => queue.enqueue(new Uint8Array(65_536).fill(120)) });
    const script = "stty raw -echo; sleep 20";
    const deaf = await run(["/bin/sh", "-c", script], { terminal: size, stdin: keys, limits: { wallMs: 1_000 } });
    expect(deaf.verdict.status).toBe("wall-limit");
  });

  test("is read beside any number of others that show nothing", async () => {
    const idle = Array.from({ length: 10 }, () =>
      run(["/bin/sh", "-c", "sleep 60"], { terminal: size, limits: { wallMs: 90_000 } }),
    );
    try {
      expect(await inTerminal("echo shown")).toBe("shown\n");
    } finally {
      for (const job of idle) job.kill();
      await Promise.allSettled(idle);
    }
  });

  test("keeps the host's terminals out of reach, and its own from being opened by way of them", async () => {
    const again = 'sh -c ": >> /proc/self/fd/$0" $fd 2>/dev/null && echo opened';
    expect(await inTerminal(`ls /dev/pts; tty; for fd in 0 1 2; do ${again}; done; true`)).toBe("ptmx\nnot a tty\n");
  });

  test("leaves no descriptor of it behind", async () => {
    await inTerminal("true");
    const { readdirSync } = process.getBuiltinModule("node:fs");
    const open = (): number => readdirSync("/proc/self/fd").length;
    const before = open();
    for (let job = 0; job < 5; job += 1) await inTerminal("echo x", { stdin: "y" });
    await until(() => open() <= before + 2);
  });

  test.each([
    [{ columns: 0, rows: 1 }, RangeError, "Cannot use terminal.columns = 0"],
    [{ columns: 1 }, TypeError, "Cannot use terminal.rows = undefined"],
    [null, TypeError, "Cannot use terminal.columns = undefined"],
  ])("%j is no size", (terminal, kind, message) => {
    expect(() => run(["true"], { terminal: terminal as never })).toThrow(kind);
    expect(() => run(["true"], { terminal: terminal as never })).toThrow(message);
  });

  test("posix-fork has none", () => {
    expect(() => run(["true"], { terminal: size, policy: { backend: "posix-fork" } })).toThrow("policy.terminal");
  });
});
