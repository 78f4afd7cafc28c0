import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { DEFAULT_LIMITS, parsePolicy } from "@hutch/core";
import {
  CompiledPlan,
  encodeStruct,
  geteuid,
  O,
  open,
  pipe2,
  RLIMIT_LAYOUT,
  read,
  SOCK,
  socketpair,
  tryCall,
  wait4,
} from "@hutch/syscall";
import { planLaunch } from "../../src/plan.ts";

const PRIVILEGED = geteuid() === 0;
const IDS = PRIVILEGED ? { uid: 0x4000_4242, gid: 0x4000_4242 } : { uid: geteuid(), gid: process.getegid?.() ?? 0 };

/** A zombie has ended; whose child it became decides when it goes. */
function alive(pid: number): boolean {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) && !readFileSync(path, "utf8").includes(") Z ");
}

const limit = (value: number): Uint8Array => encodeStruct(RLIMIT_LAYOUT, { rlim_cur: value, rlim_max: value });

function run(script: string): { code: number; signal: number; output: string; pid: number } {
  const executables = ["/bin/sh"];
  const request = {
    policy: parsePolicy(),
    limits: DEFAULT_LIMITS,
    start: "exec",
    root: "build",
    privileged: PRIVILEGED,
    ids: IDS,
    cgroups: 0,
    executables,
    descriptors: [0, 1, 2],
  } as const;
  using stdin = open("/dev/null", O.RDONLY);
  using output = pipe2();
  using status = socketpair(SOCK.STREAM);
  const launched = new CompiledPlan(planLaunch(request).plan).launch(status.b.fd, {
    fd0: stdin.fd,
    fd1: output.write.fd,
    fd2: output.write.fd,
    "rlimit.cpu": limit(2),
    "rlimit.fsize": limit(2 ** 20),
    "rlimit.nofile": limit(64),
    "rlimit.data": limit(2 ** 30),
    dumpable: 1,
    argv: ["sh", "-c", script],
    envp: ["A=1"],
    cwd: "/tmp",
    path0: "/bin/sh",
  });
  if (launched.kind !== "launched") throw new Error(`not launched: ${launched.kind}`);
  using _pidfd = launched.pidfd;
  const end = wait4(launched.pid)?.end;
  tryCall("kill", -launched.pid, 9);
  output.write.close();
  const bytes = new Uint8Array(65536);
  const text = new TextDecoder().decode(bytes.subarray(0, read(output.read.fd, bytes)));
  return {
    code: end?.kind === "exited" ? end.code : -1,
    signal: end?.kind === "signaled" ? end.signal : 0,
    output: text,
    pid: launched.pid,
  };
}

describe("posix-fork", () => {
  test("runs a program with the given environment and folder, and reports its exit code", () => {
    const { output, code } = run('echo "$A $(pwd) $(umask)"; exit 41');
    expect(output).toBe("1 /tmp 0022\n");
    expect(code).toBe(41);
  });

  test("reports the signal that ended the program", () => {
    expect(run("kill -TERM $$").signal).toBe(15);
  });

  test("gives the job a session of its own and its own descriptors alone", () => {
    const { output, pid } = run("ps -o sid= -p $$; ls /proc/self/fd | wc -l");
    const [sid, descriptors] = output.trim().split("\n").map(Number);
    expect(sid).toBe(pid);
    expect(descriptors).toBe(4); // 0, 1, 2 and the one that ls lists the folder with
  });

  test("never runs a job with root's ids", () => {
    expect(run("id -u").output.trim()).toBe(String(IDS.uid));
  });

  test("the process group ends with one signal", async () => {
    const { output } = run("sleep 1000 & echo $!");
    while (alive(Number(output))) await Bun.sleep(5);
  });
});
