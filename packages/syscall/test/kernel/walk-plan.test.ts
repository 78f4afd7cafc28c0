import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { tryCall } from "../../src/call.ts";
import { pipe2, read, tryRead, writeAll } from "../../src/posix/file.ts";
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

/** SIGSTOP can not be blocked, so this is what a signal from outside at that moment would do. */
const stopsItself: WalkStep[] = [
  { name: "who", call: "getpid", args: [], save: 0 },
  { name: "stop", call: "kill", args: [{ slot: 0 }, 19] },
  exit(0),
];
const waitsForByte: WalkStep[] = [
  { name: "await", call: "read", args: [{ late: "in" }, { bytes: new Uint8Array(8) }, 8], save: 0 },
  { name: "exit", call: "exit_group", args: [{ slot: 0 }] },
];

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

  test("launch() ends a launch whose step stands still, names the step, and leaves nothing", () => {
    const before = readdirSync("/proc/self/fd").length;
    const plan = new CompiledPlan({ cloneFlags: 0, outer: [], inner: stopsItself, handover: [], start: "exec" });
    using pair = socketpair(SOCK.SEQPACKET);
    expect(plan.launch(pair.b.fd, {})).toEqual({ kind: "refused", errno: 110, code: "ETIMEDOUT", step: 1 });
    expect(wait(-1)).toBe(-ECHILD);
    pair[Symbol.dispose]();
    expect(readdirSync("/proc/self/fd").length).toBe(before);
    expect(launch([exit(3)]).status >> 8).toBe(3);
  });

  test("launch() waits for a step as long as another one follows: only standing still counts", () => {
    const second = new BigInt64Array([0n, 900_000_000n]);
    const sleep: WalkStep = { name: "sleep", call: "nanosleep", args: [{ bytes: new Uint8Array(second.buffer) }, 0] };
    expect(launch([...Array.from({ length: 7 }, () => sleep), exit(4)]).status >> 8).toBe(4);
  });

  test("launch() lets its caller do something for the child, which waits for it", () => {
    using pipe = pipe2();
    const plan = new CompiledPlan({ cloneFlags: 0, outer: [], inner: waitsForByte, handover: [], start: "exec" });
    using pair = socketpair(SOCK.SEQPACKET);
    let told = 0;
    const launched = plan.launch(pair.b.fd, { in: pipe.read.fd }, (pid) => {
      told = pid;
      writeAll(pipe.write.fd, new Uint8Array([6]));
    });
    if (launched.kind !== "launched") throw new Error(`unexpected ${launched.kind}`);
    using _pidfd = launched.pidfd;
    expect(told).toBe(launched.pid);
    expect(wait(launched.pid) >> 8).toBe(1);
  });

  test("launch() throws what its caller throws meanwhile, and leaves nothing", () => {
    using pipe = pipe2();
    const plan = new CompiledPlan({ cloneFlags: 0, outer: [], inner: waitsForByte, handover: [], start: "exec" });
    using pair = socketpair(SOCK.SEQPACKET);
    const fail = (): void => {
      throw new Error("no map");
    };
    expect(() => plan.launch(pair.b.fd, { in: pipe.read.fd }, fail)).toThrow("no map");
    expect(wait(-1)).toBe(-ECHILD);
  });

  test("300 launches leave no descriptor and no child behind", () => {
    launch([exit(0)]);
    const before = readdirSync("/proc/self/fd").length;
    for (let i = 0; i < 300; i++) expect(launch([exit(i & 127)]).status >> 8).toBe(i & 127);
    expect(readdirSync("/proc/self/fd").length).toBe(before);
    expect(wait(-1)).toBe(-ECHILD);
  });
});
