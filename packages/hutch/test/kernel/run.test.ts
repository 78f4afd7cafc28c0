import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/index.ts";
import { processesWith } from "./processes.ts";
import { leakedSince, settledDescriptors, until } from "./until.ts";

const MiB = 2 ** 20;
const sh = (script: string, options: Parameters<typeof run>[1] = {}): ReturnType<typeof run> =>
  run(["/bin/sh", "-c", script], options);

describe("run()", () => {
  test("gives the output, the exit code and an ok verdict", async () => {
    const result = await sh("echo out; echo err >&2");
    expect(result.verdict).toMatchObject({ status: "ok", blame: "none", exitCode: 0, signal: null });
    expect(result.text()).toBe("out\n");
    expect(result.text("stderr")).toBe("err\n");
    expect(result.report.isolation).toMatchObject({ backend: "linux-clone", start: "exec" });
  });

  test("reports every exit code as it was", async () => {
    for (const code of [1, 2, 42, 124, 125, 126, 127, 128, 137, 255]) {
      const { verdict } = await sh(`exit ${code}`);
      expect(verdict).toMatchObject({ status: "failed", blame: "job", exitCode: code, signal: null });
    }
  });

  test("reports every deadly signal as it was, and does not take it for an exit code", async () => {
    for (const name of ["HUP", "INT", "QUIT", "ABRT", "KILL", "SEGV", "TERM", "USR1", "XFSZ"]) {
      const { verdict } = await sh(`kill -${name} $$; sleep 5`);
      expect(verdict).toMatchObject({ exitCode: null, signal: `SIG${name}` });
    }
  });

  test("says why a command could not be executed", async () => {
    expect((await run(["no-such-command"])).verdict).toMatchObject({
      status: "failed",
      blame: "job",
      executeError: "ENOENT",
      exitCode: null,
    });
    expect((await run(["/usr"])).verdict).toMatchObject({ executeError: "EACCES" });
    expect((await run(["/no/such/file"])).verdict).toMatchObject({ executeError: "ENOENT" });
  });

  test("a file without an interpreter or a header is named ENOENT or ENOEXEC", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
    chmodSync(folder, 0o755);
    try {
      writeFileSync(join(folder, "lost"), "#!/no/such/interpreter\n", { mode: 0o755 });
      writeFileSync(join(folder, "text"), "just text\n", { mode: 0o755 });
      writeFileSync(join(folder, "plain"), "#!/bin/sh\n", { mode: 0o644 });
      const policy = { files: [{ kind: "read-only", source: folder, path: "/data" }] } as const;
      expect((await run(["/data/lost"], { policy })).verdict.executeError).toBe("ENOENT");
      expect((await run(["/data/text"], { policy })).verdict.executeError).toBe("ENOEXEC");
      expect((await run(["/data/plain"], { policy })).verdict.executeError).toBe("EACCES");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a bind source that is missing is refused by name, and the next job runs", async () => {
    const policy = { files: [{ kind: "read-only", source: "/no/such/source", path: "/data" }] } as const;
    expect(() => sh("true", { policy })).toThrow('policy.files[0].source = "/no/such/source"');
    expect((await sh("true")).ok).toBe(true);
  });

  test("stdin comes from text, bytes, a stream or nowhere", async () => {
    expect((await sh("cat", { stdin: "text" })).text()).toBe("text");
    expect((await sh("cat", { stdin: new TextEncoder().encode("bytes") })).text()).toBe("bytes");
    const stream = new Blob([new Uint8Array(3 * MiB).fill(65)]).stream();
    expect((await sh("wc -c", { stdin: stream })).text().trim()).toBe(String(3 * MiB));
    expect((await sh("cat | wc -c")).text().trim()).toBe("0");
  });

  test("a job that does not read its stdin to the end ends as it likes", async () => {
    const stream = new Blob([new Uint8Array(3 * MiB)]).stream();
    expect((await sh("exit 3", { stdin: stream })).exitCode).toBe(3);
  });

  test("a zstd-compressed stdin is inflated inside the job, up to its bound", async () => {
    const text = "inflate me ".repeat(10_000);
    const bytes = Bun.zstdCompressSync(text);
    const result = await sh("cat", { stdin: { bytes, compression: "zstd" } });
    expect(result.verdict.status).toBe("ok");
    expect(result.text()).toBe(text);
    const bomb = await sh("cat", { stdin: { bytes, compression: "zstd" }, limits: { inflatedBytes: 1000 } });
    expect(bomb.verdict).toMatchObject({ status: "invalid-payload", blame: "job" });
  });

  test("cpu-limit: a busy loop ends near its limit, whatever its number of processes", async () => {
    let least = Number.POSITIVE_INFINITY;
    // A host that gets no processor for so long is late.
    for (let tries = 0; tries < 5 && least >= 1000; tries++) {
      const one = await sh("while :; do :; done", { limits: { cpuMs: 200, wallMs: 60_000 } });
      expect(one.verdict.status).toBe("cpu-limit");
      expect(one.report.usage.cpuMs).toBeGreaterThan(199);
      least = Math.min(least, one.report.usage.cpuMs);
    }
    expect(least).toBeLessThan(1000);
    const two = await sh("(while :; do :; done) & (while :; do :; done) & wait", {
      limits: { cpuMs: 300, wallMs: 60_000 },
    });
    expect(two.verdict.status).toBe("cpu-limit");
  });

  test("wall-limit: a sleeper, and a job that stopped itself, end in time", async () => {
    expect((await sh("sleep 60", { limits: { wallMs: 150 } })).verdict.status).toBe("wall-limit");
    expect((await sh("kill -STOP $$", { limits: { wallMs: 150 } })).verdict.status).toBe("wall-limit");
  });

  test("memory-limit: a job that takes too much is ended for it", async () => {
    const { verdict, report } = await run(
      ["/usr/bin/python3", "-c", "x = bytearray(900 * 2**20)\nimport time; time.sleep(5)"],
      { limits: { memoryBytes: 64 * MiB } },
    );
    expect(verdict.status).toBe("memory-limit");
    expect(report.usage.peakMemoryBytes).toBeGreaterThan(32 * MiB);
  });

  test("output-limit: a flood is cut off, and what came before the limit is kept", async () => {
    const result = await sh("while :; do echo flood; done", { limits: { outputBytes: 100_000 } });
    expect(result.verdict.status).toBe("output-limit");
    expect(result.stdout.byteLength).toBe(100_000);
  });

  test("process-limit: a fork bomb runs against a wall and leaves nothing", async () => {
    const { verdict } = await sh("f() { f | f & }; f; wait; sleep 1; exit 1", {
      limits: { processes: 16, wallMs: 3000 },
    });
    expect(["process-limit", "failed", "wall-limit", "cpu-limit"]).toContain(verdict.status);
    expect((await sh("true")).ok).toBe(true);
  });

  test("sees the policy's files and nothing else of the host", async () => {
    const secret = mkdtempSync(join(tmpdir(), "hutch-secret-"));
    try {
      const result = await sh(
        `ls /; ls ${secret} 2>/dev/null && echo LEAK; cat /etc/shadow 2>/dev/null && echo LEAK; ls /home /root /var 2>/dev/null && echo LEAK; true`,
      );
      expect(result.text()).not.toContain("LEAK");
      expect(existsSync(secret)).toBe(true);
    } finally {
      rmSync(secret, { recursive: true });
    }
  });

  test("shows a read-only folder read-only and a read-write one writable", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
    chmodSync(folder, 0o755);
    try {
      writeFileSync(join(folder, "note"), "hello");
      const files = [{ kind: "read-only", source: folder, path: "/data" }] as const;
      const result = await sh("cat /data/note; touch /data/new 2>/dev/null && echo WRITTEN", { policy: { files } });
      expect(result.text()).toBe("hello");
      const tmp = await sh("echo x > /tmp/x && echo y > /usr/y", {});
      expect(tmp.ok).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("the environment is the policy's and nothing of this process", async () => {
    process.env.HUTCH_PLANTED_SECRET = "planted";
    const result = await run(["/usr/bin/env"], { policy: { env: { GREETING: "hi" } } });
    delete process.env.HUTCH_PLANTED_SECRET;
    expect(result.text()).toContain("GREETING=hi");
    expect(result.text()).not.toContain("planted");
  });

  test("abort ends the job and rejects with the reason", async () => {
    const abort = new AbortController();
    const job = sh("sleep 60", { signal: abort.signal });
    setTimeout(() => abort.abort(new Error("enough")), 20);
    expect(job.then((result) => result)).rejects.toThrow("enough");
    await job.catch((reason) => reason);
  });

  test("iterates the output while the job runs", async () => {
    const seen: string[] = [];
    const seenFirst = Promise.withResolvers<void>();
    const stdin = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await seenFirst.promise;
        controller.enqueue(new TextEncoder().encode("\n"));
        controller.close();
      },
    });
    for await (const { stream, bytes } of sh("echo one; read _; echo two >&2", { stdin })) {
      seen.push(`${stream}: ${new TextDecoder().decode(bytes)}`);
      seenFirst.resolve();
    }
    expect(seen).toEqual(["stdout: one\n", "stderr: two\n"]);
  });

  test("a disposed job is ended", async () => {
    const seconds = `${600 + Math.random()}`;
    {
      await using job = sh(`sleep ${seconds}`, { limits: { wallMs: 600_000 } });
      void job;
    }
    await until(() => processesWith(seconds).length === 0);
  });

  test("wrong options throw at once and say what was expected", () => {
    expect(() => run([])).toThrow(TypeError);
    expect(() => run(["true"], { limits: { cpuMs: 0 } })).toThrow(RangeError);
    expect(() => run(["true"], { limits: { cpuMs: Number.NaN } })).toThrow();
    expect(() => run(["true"], { limits: { walMs: 1 } as never })).toThrow('"limits.walMs"');
    expect(() => run(["true"], { timeout: 5 } as never)).toThrow('"timeout"');
    expect(() => run(["tr\0ue"])).toThrow("NUL");
    expect(() => run(["true"], { policy: { cwd: "relative" } })).toThrow(TypeError);
  });

  test("a hundred jobs leave no descriptor and no child behind", async () => {
    // Folders of cgroups are kept for the next jobs, as many as there were jobs at once.
    await Promise.all(Array.from({ length: 10 }, () => sh("true")));
    const before = await settledDescriptors();
    for (let i = 0; i < 10; i++) await Promise.all(Array.from({ length: 10 }, () => sh("true")));
    expect(await leakedSince(before)).toEqual([]);
  });
});
