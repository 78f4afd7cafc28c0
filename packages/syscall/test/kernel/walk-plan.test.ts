import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { tryCall } from "../../src/call.ts";
import { pipe2, read, tryRead } from "../../src/posix/file.ts";
import { SOCK, socketpair } from "../../src/posix/socket.ts";
import { CompiledPlan, type WalkStep } from "../../src/walk-plan.ts";

const ECHILD = 10;
const ENOENT = 2;
const exit = (code: number): WalkStep => ({ name: "exit", call: "exit_group", args: [code] });
function wait(pid: number): number {
  const status = new Int32Array(1);
  const result = tryCall("wait4", pid, status);
  return result < 0 ? result : (status[0] as number);
}
const execTrue: WalkStep = {
  name: "execute",
  call: "execve",
  args: [{ late: "path" }, { late: "argv" }, { late: "envp" }],
};

function launch(
  inner: WalkStep[],
  late: Parameters<CompiledPlan["launch"]>[1] = {},
): { status: number; record: number[] } {
  const plan = new CompiledPlan({ cloneFlags: 0, outer: [], inner, handover: [], start: "exec" });
  using pair = socketpair(SOCK.SEQPACKET | SOCK.NONBLOCK);
  const launched = plan.launch(pair.b.fd, late);
  if (launched.kind !== "launched") throw new Error(`unexpected ${launched.kind}`);
  using _pidfd = launched.pidfd;
  const status = wait(launched.pid);
  const bytes = new Uint8Array(16);
  const count = tryRead(pair.a.fd, bytes);
  return { status, record: count > 0 ? [...new Int32Array(bytes.buffer)] : [] };
}

describe("CompiledPlan", () => {
  test("launch() runs a program with bound path, argv and environment", () => {
    const { status, record } = launch([execTrue], {
      path: "/bin/sh",
      argv: ["sh", "-c", "exit $CODE"],
      envp: ["CODE=41"],
    });
    expect(status >> 8).toBe(41);
    expect(record).toEqual([]);
  });

  test("launch() reports the failing step by index and errno", () => {
    const { status, record } = launch(
      [{ name: "enter folder", call: "chdir", args: [{ text: "/" }] }, { ...execTrue }],
      { path: "/no/such/program", argv: ["x"], envp: [] },
    );
    expect(status >> 8).toBe(127);
    expect(record).toEqual([1, 1, ENOENT, 0]);
  });

  test("a step tolerates the errno that it allows and no other", () => {
    const missing: WalkStep = { name: "enter folder", call: "chdir", args: [{ text: "/no/such/folder" }] };
    expect(launch([{ ...missing, allow: ENOENT }, exit(7)]).status >> 8).toBe(7);
    expect(launch([{ ...missing, allow: "any" }, exit(7)]).status >> 8).toBe(7);
    expect(launch([{ ...missing, allow: 13 }, exit(7)]).record).toEqual([1, 0, ENOENT, 0]);
  });

  test("a later step uses the saved result of an earlier one, and repeat counts its first argument up", () => {
    using pipe = pipe2();
    const { status } = launch(
      [
        { name: "set descriptor", call: "dup3", args: [{ late: "out" }, 90, 0], save: 3 },
        { name: "write", call: "write", args: [{ slot: 3 }, { text: "abc" }, 3] },
        { name: "close descriptors", call: "close", args: [90], repeat: 1 },
        { name: "write", call: "write", args: [90, { text: "lost" }, 4], allow: 9 },
        exit(0),
      ],
      { out: pipe.write.fd },
    );
    expect(status).toBe(0);
    const bytes = new Uint8Array(16);
    expect(read(pipe.read.fd, bytes)).toBe(3);
  });

  test("launch() refuses an unbound name before anything is started", () => {
    expect(() => launch([execTrue], { path: "/bin/true" })).toThrow('Cannot launch: "argv" is not bound');
  });

  test("300 launches leave no descriptor and no child behind", () => {
    launch([exit(0)]);
    const before = readdirSync("/proc/self/fd").length;
    for (let i = 0; i < 300; i++) expect(launch([exit(i & 127)]).status >> 8).toBe(i & 127);
    expect(readdirSync("/proc/self/fd").length).toBe(before);
    expect(wait(-1)).toBe(-ECHILD);
  });
});
