import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { zstdCompressSync } from "node:zlib";
import { type ColdJob, common, runColdJob } from "./cold-job.ts";
import { Modules } from "./modules.ts";

const files = new Modules();
afterAll(() => files[Symbol.dispose]());

const env = ["PATH=/nowhere:/usr/bin:/bin", "A=b c"];
function run(argv: readonly string[], stdin = "", own: readonly string[] = env): Promise<ColdJob> {
  const payload = new Uint8Array(zstdCompressSync(stdin));
  return runColdJob({ kind: "command", argv, env: own, common: common(payload, { compression: "zstd" }) });
}

describe("runCommand()", () => {
  test("becomes the command with the inflated stdin, its environment and exit code, and does not answer", async () => {
    const { response, exitCode, stdout, stderr } = await run(
      ["sh", "-c", 'cat; echo "$A"; echo err >&2; exit 5'],
      "x".repeat(100_000),
    );
    expect({ response, exitCode, stdout, stderr }).toEqual({
      response: { kind: "missing" },
      exitCode: 5,
      stdout: `${"x".repeat(100_000)}b c\n`,
      stderr: "err\n",
    });
  });

  test("leaves the command no descriptor of ours, no ignored and no blocked signal", async () => {
    const { stdout: descriptors } = await run(["sh", "-c", "ls /proc/$$/fd"]);
    expect(descriptors).toBe("0\n1\n2\n");
    // Without a shell: one blocks every signal for a moment when it starts a command.
    const { stdout: signals } = await run(["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]);
    expect(signals).toBe("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  });

  test("answers with the errno's name when it can not be executed", async () => {
    const plain = files.add("plain.txt", "text");
    const noInterpreter = files.add("script", "#!/no/such/interpreter\n");
    const damaged = files.add("damaged", "\x7fELF");
    chmodSync(noInterpreter, 0o755);
    chmodSync(damaged, 0o755);
    const answer = async (argv: readonly string[], own = env): Promise<unknown> => {
      const { response, exitCode } = await run(argv, "", own);
      expect(exitCode).toBe(0);
      return response;
    };
    expect(await answer(["no-such-command"])).toEqual({
      kind: "error",
      name: "ENOENT",
      message: 'Cannot execute "no-such-command": ENOENT',
      stack: "",
    });
    expect(await answer([noInterpreter])).toMatchObject({ name: "ENOENT" });
    expect(await answer([plain])).toMatchObject({ name: "EACCES" });
    expect(await answer([damaged])).toMatchObject({ name: "ENOEXEC" });
    expect(await answer([""])).toMatchObject({ name: "ENOENT" });
    expect(await answer(["plain.txt"], [`PATH=${files.folder}:/nowhere`])).toMatchObject({ name: "EACCES" });
  });

  test("refuses a stdin that inflates past the bound", async () => {
    expect((await run(["cat"], "y".repeat(2 ** 20 + 1))).response).toEqual({
      kind: "invalid-payload",
      why: "the payload inflates to more than 1048576 bytes",
    });
  });
});
