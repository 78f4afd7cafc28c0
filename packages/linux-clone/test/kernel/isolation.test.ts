// What a program inside sees and may do. Each line of a script is one question.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { PRIVILEGED, sandbox, sh } from "../sandbox.ts";
import { describeInSandbox, testIf } from "./need-sandbox.ts";

const SECRET = "canary-of-the-host";
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "secret"), SECRET);
});
afterAll(() => rmSync(folder, { recursive: true }));

const lines = (script: string, options: Parameters<typeof sh>[1] = {}): string[] =>
  sh(script, options).stdout.trimEnd().split("\n");

describeInSandbox("files", () => {
  test("the root shows the policy's files and nothing else", () => {
    const expected = ["bin", "dev", "etc", "lib", "proc", "tmp", "usr"];
    const seen = lines("ls -1 /");
    for (const name of seen) expect([...expected, "lib32", "lib64", "libx32", "sbin"]).toContain(name);
    expect(seen).toEqual(expect.arrayContaining(["proc", "tmp", "usr"]));
  });

  test("a file of the host does not exist, not under another way to its path either", () => {
    const path = join(folder, "secret");
    const { stdout, exit } = sh(
      `cat ${path} /proc/1/root${path} /proc/self/root/../..${path} ../../../..${path} /proc/self/cwd/../..${path} 2>/dev/null`,
    );
    expect(stdout).not.toContain(SECRET);
    expect(exit).toEqual({ kind: "exited", code: 1 });
  });

  test("nothing of the system can be written, and no mount can be changed", () => {
    const { stdout } = sh(
      "for p in / /usr /etc /dev /bin/ /usr/bin; do touch $p/x 2>/dev/null && echo wrote $p; done; mount -o remount,rw,bind /usr 2>/dev/null && echo remounted; umount /usr /proc /tmp 2>/dev/null && echo unmounted; chmod 777 /usr /etc/passwd / 2>/dev/null && echo changed; mknod /tmp/d c 1 3 2>/dev/null && echo device; true",
    );
    expect(stdout).toBe("");
  });

  test("/tmp and /dev/shm are the job's own, empty, writable and bounded", () => {
    const { stdout, stderr } = sh(
      "ls -A /tmp /dev/shm | grep -v : | tr -d '\\n'; echo ok > /tmp/a && cat /tmp/a; head -c 2000000 /dev/zero > /dev/shm/b",
      { limits: { diskBytes: 2 ** 20 } },
    );
    expect(stdout).toBe("ok\n");
    expect(stderr).toContain("No space left");
    expect(
      sh("i=0; while [ $i -lt 3000 ]; do true > /tmp/f$i || break; i=$((i+1)); done; [ $i -lt 2000 ] && echo bounded", {
        limits: { diskBytes: 4096 },
      }).stdout,
    ).toBe("bounded\n");
  });

  test("the policy's files are there as it says", () => {
    const files = [
      { kind: "read-only", source: folder, path: "/in/deep" },
      { kind: "read-only", source: join(folder, "secret"), path: "/one/file" },
      { kind: "tmpfs", path: "/scratch", sizeBytes: 4096 },
      { kind: "symlink", path: "/link", target: "/one/file" },
      { kind: "content", path: "/etc/conf", content: "a\nb" },
    ] as const;
    const { stdout } = sh(
      "cat /in/deep/secret /link /etc/conf; touch /in/deep/x /etc/conf 2>/dev/null || echo ' read-only'; echo x > /scratch/y && cat /scratch/y",
      { policy: { files } },
    );
    expect(stdout).toBe(`${SECRET}${SECRET}a\nb read-only\nx\n`);
  });

  test("a read-write folder can be written, and a link in it leads to the sandbox's files and not to the host's", () => {
    const out = mkdtempSync(join(folder, "out-"));
    if (PRIVILEGED) chmodSync(out, 0o777);
    const { stdout } = sh(
      `echo result > /out/file; ln -s ${folder} /out/link; cat /out/link/secret 2>/dev/null || echo none`,
      { policy: { files: [{ kind: "read-write", source: out, path: "/out" }] } },
    );
    expect(readFileSync(join(out, "file"), "utf8")).toBe("result\n");
    expect(stdout).toBe("none\n");
    expect(statSync(join(out, "file")).mode & 0o777).toBe(0o644);
    // A later policy whose target lies behind that link must not touch the host.
    const after = sh("true", {
      policy: {
        files: [
          { kind: "read-write", source: out, path: "/out" },
          { kind: "tmpfs", path: "/out/link/made" },
        ],
      },
    });
    expect(after.exit?.kind).toBe("setup-failed");
    expect(statSync(join(folder, "made"), { throwIfNoEntry: false })).toBeUndefined();
  });

  test("set-user-id bits mean nothing", () => {
    expect(lines("grep -c nosuid /proc/self/mounts | head -1; /usr/bin/su -c id 2>/dev/null; echo $?").at(-1)).not.toBe(
      "0",
    );
    for (const mount of lines("grep -E ' (/usr|/tmp|/dev/shm|/|/proc) ' /proc/self/mounts"))
      expect(mount).toContain("nosuid");
  });
});

describeInSandbox("processes", () => {
  test("/proc shows the job's own processes alone", () => {
    const pids = lines("ls -1 /proc | grep -E '^[0-9]+$'").map(Number);
    expect(pids.slice(0, 2)).toEqual([1, 2]);
    expect(Math.max(...pids)).toBeLessThan(10);
  });

  test("process 1 can be neither killed, stopped, traced nor looked into", () => {
    const { stdout, exit } = sh(
      "kill -9 1; kill -STOP 1; kill -TERM 1; sleep 0.05; [ -d /proc/1 ] && echo alive; for f in environ mem maps fd/3 root/tmp; do cat /proc/1/$f 2>/dev/null && echo read $f; done; ls /proc/1/fd 2>/dev/null; readlink /proc/1/exe; exit 7",
    );
    expect(stdout).toBe("alive\n");
    expect(exit).toEqual({ kind: "exited", code: 7 });
  });

  test("a signal to everything reaches the job's own processes alone", () => {
    expect(sh("sleep 100 & kill -9 -1; exit 3").exit).toEqual({ kind: "exited", code: 3 });
  });

  test("what the job leaves behind ends with it, and counts", () => {
    // The loop has used more than 30 ms when it says that it has come far.
    const loop = "i=0; while :; do i=$((i+1)); [ $i = 200000 ] && : > /tmp/far; done";
    const { reaped, records } = sh(`(${loop}) & while [ ! -e /tmp/far ]; do sleep 0.01; done; exit 0`, {
      limits: { cpuMs: 20_000 },
    });
    expect(records.end?.waitStatus).toBe(0);
    expect(reaped.usage.userMicros + reaped.usage.systemMicros).toBeGreaterThan(30_000);
  });

  test("a session of its own, without a terminal", () => {
    expect(lines("ps -o pid=,sid=,tty= -p $$")[0]?.trim().split(/\s+/)).toEqual(["2", "2", "?"]);
    expect(sh("cat /dev/tty").exit).toEqual({ kind: "exited", code: 1 });
  });

  test("no descriptors but the given ones", () => {
    expect(lines("ls -1 /proc/self/fd")).toEqual(["0", "1", "2", "3"]); // 3 is the folder that ls reads
  });

  test("the environment is the policy's and nothing of ours", () => {
    const { stdout } = sandbox(["/usr/bin/env"], { policy: { env: { A: "1" } } });
    expect(stdout.trim().split("\n").sort()).toEqual([
      "A=1",
      "HOME=/tmp",
      "LANG=C.UTF-8",
      "PATH=/usr/local/bin:/usr/bin:/bin",
    ]);
  });

  test("no signal is blocked or ignored", () => {
    expect(lines("grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '\\t'")).toEqual([
      "SigBlk:0000000000000000",
      "SigIgn:0000000000000000",
    ]);
  });
});

describeInSandbox("rights", () => {
  test("no capability in any set, no new privileges, locked securebits", () => {
    const status = lines("grep -E '^(Cap|NoNew)' /proc/self/status | tr -d '\\t'");
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
      expect(status).toContain(`${set}:0000000000000000`);
    expect(status).toContain("NoNewPrivs:1");
  });

  test("one user and one group, and no way to another", () => {
    expect(lines("id -u; id -g; id -G; cat /proc/self/setgroups")).toEqual(["1000", "1000", "1000", "deny"]);
    const outside = lines("cat /proc/self/uid_map")[0]?.trim().split(/\s+/) ?? [];
    expect([outside[0], outside[2]]).toEqual(["1000", "1"]);
    expect(outside[1]).not.toBe("0");
  });

  test("no user namespace inside, so no capabilities by a detour", () => {
    const { stderr, exit } = sh("unshare --user --map-root-user mount -t tmpfs none /tmp");
    expect(stderr).toMatch(/No space left|Operation not permitted/);
    expect(exit).not.toEqual({ kind: "exited", code: 0 });
  });

  test("a worker may make as many as it is given", () => {
    expect(sh("unshare --user true", { userNamespaces: 10, request: { launchesJobs: true } }).exit).toEqual({
      kind: "exited",
      code: 0,
    });
  });

  test("the host's settings cannot be changed", () => {
    const { stdout } = sh(
      "for f in kernel/core_pattern kernel/hostname vm/overcommit_memory kernel/sysrq user/max_user_namespaces; do { echo 1 > /proc/sys/$f; } 2>/dev/null && echo wrote $f; done; { echo -1000 > /proc/self/oom_score_adj; } 2>/dev/null && echo lowered; { echo b > /proc/sysrq-trigger; } 2>/dev/null && echo rebooted; true",
    );
    expect(stdout).toBe("");
  });

  test("no core files, whatever is asked for", () => {
    // A size of one byte, which is no block: at 0 the kernel would start the machine's handler, so that is not to be had either.
    const ask = "ulimit -S -c 0; ulimit -c unlimited 2>/dev/null; ulimit -c; grep 'core file' /proc/self/limits";
    expect(lines(ask).map((line) => line.replaceAll(/ +/g, " ").trim())).toEqual(["0", "Max core file size 1 1 bytes"]);
  });

  testIf(PRIVILEGED, "only root drops to other ids")("outside the job is neither root nor the host's user", () => {
    expect(lines("awk '{print $2}' /proc/self/uid_map")[0]).not.toBe("0");
  });
});

describeInSandbox("names and network", () => {
  test("the host name is the policy's", () => {
    expect(lines("uname -n; hostname", { policy: { hostname: "box" } })).toEqual(["box", "box"]);
    expect(hostname()).not.toBe("box");
  });

  test("loopback is up and the only interface", () => {
    expect(lines("ls -1 /proc/self/net/dev_snmp6 2>/dev/null || echo lo")).toEqual(["lo"]);
    expect(lines("cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' '")).toEqual(["lo"]);
    const { stdout } = sh(
      `python3 -c 'import socket; s=socket.create_server(("127.0.0.1",0)); c=socket.create_connection(s.getsockname()); print("connected")' 2>&1 || true`,
      { policy: { env: { PATH: "/usr/bin:/bin" } }, limits: { cpuMs: 60_000, wallMs: 120_000 } },
    );
    if (stdout !== "" && !stdout.includes("not found")) expect(stdout).toBe("connected\n");
  });

  test("System V objects of the host are not visible", () => {
    expect(lines("tail -n +2 /proc/sysvipc/shm /proc/sysvipc/msg /proc/sysvipc/sem | grep -cE '^ +[0-9]'")).toEqual([
      "0",
    ]);
  });

  test("the working folder is the policy's, the mask is ours", () => {
    expect(lines("pwd; umask", { policy: { cwd: "/usr/bin" } })).toEqual(["/usr/bin", "0022"]);
  });
});
