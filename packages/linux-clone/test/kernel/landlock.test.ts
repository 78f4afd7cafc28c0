// Each right of landlock has a program here that succeeds without it and is held with it. Where another control stands in
// front, that one is taken out first: what is shown is that landlock alone holds.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LaunchPlan, Policy, Step } from "@hutch/core";
import { O, syscallNumber } from "@hutch/syscall";
import { readLandlock } from "../../src/read-landlock.ts";
import { PRIVILEGED, type SandboxOptions, sandbox, sh } from "../sandbox.ts";
import { describeInSandbox, testIf } from "./need-sandbox.ts";

const { abi } = readLandlock();
const needs = (least: number): ReturnType<typeof testIf> => testIf(abi >= least, `landlock ABI ${least}; here ${abi}`);
const tool = (name: string): boolean => Bun.which(name, { PATH: "/usr/bin:/bin" }) !== null;

const keep =
  (match: (step: Step) => boolean) =>
  (plan: LaunchPlan): LaunchPlan => ({
    ...plan,
    outer: plan.outer.filter(match),
    inner: plan.inner.filter(match),
    handover: plan.handover.filter(match),
  });
const LANDLOCK = ["make ruleset", "add rule", "restrict self"];
const withoutLandlock = keep(({ name }) => !LANDLOCK.includes(name));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
  chmodSync(folder, 0o777);
  writeFileSync(join(folder, "secret"), "canary-of-the-host", { mode: 0o666 });
  chmodSync(join(folder, "secret"), 0o666);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** @param before takes other controls out of both plans */
function attack(
  run: (options: SandboxOptions) => string,
  options: SandboxOptions,
  succeeds: (output: string) => boolean,
  before: (plan: LaunchPlan) => LaunchPlan = (plan) => plan,
): void {
  const reached = run({ ...options, change: (plan) => withoutLandlock(before(plan)) });
  expect([reached, succeeds(reached)]).toEqual([reached, true]);
  const held = run({ ...options, change: before });
  expect([held, succeeds(held)]).toEqual([held, false]);
}
const shell =
  (script: string) =>
  (options: SandboxOptions): string =>
    sh(script, options).stdout;
const says =
  (word: string) =>
  (output: string): boolean =>
    output.includes(word);

describeInSandbox("landlock holds alone", () => {
  // Without it the missing capability refuses. The mark of a removed file (0, 0), which needs none, is a regular file for newer landlocks.
  needs(1)("a device node, before the kernel asks for a capability", () => {
    attack(shell("mknod /tmp/null c 1 3 2>&1"), {}, says("Operation not permitted"));
  });

  testIf(abi >= 1 && PRIVILEGED, "only root of the machine can make one")(
    "a device node of a job that stayed root",
    () => {
      const steps = ["drop groups", "drop to host ids", "deny setgroups", "make user namespace", "drop capabilities"];
      const root = keep(
        ({ name, detail = "" }) =>
          !steps.includes(name) && !name.startsWith("write ") && !detail.includes("/proc/sys/user/"),
      );
      attack(shell("mknod /tmp/disk b 8 0 2>/dev/null && echo made"), {}, says("made"), root);
    },
  );

  needs(1)("a file in a folder whose mount lost its read-only flag", () => {
    const files = [{ kind: "read-only", source: folder, path: "/data" }] as const;
    const writable = keep((step) => !(step.call === "mount_setattr" && step.detail === folder));
    const script = "echo changed > /data/new 2>/dev/null && rm /data/new && echo changed";
    attack(shell(script), { policy: { files } }, says("changed"), writable);
  });

  needs(3)("the same with the file's content cut off", () => {
    const files = [{ kind: "read-only", source: join(folder, "secret"), path: "/data" }] as const;
    const writable = keep((step) => !(step.call === "mount_setattr" && step.detail === join(folder, "secret")));
    sh("truncate --size 0 /data", { policy: { files }, change: writable });
    expect(readFileSync(join(folder, "secret"), "utf8")).toBe("canary-of-the-host");
    sh("truncate --size 0 /data", { policy: { files }, change: (plan) => withoutLandlock(writable(plan)) });
    expect(readFileSync(join(folder, "secret"), "utf8")).toBe("");
    writeFileSync(join(folder, "secret"), "canary-of-the-host");
  });

  needs(1)("the host's files behind a descriptor that was left open", () => {
    const leak = (plan: LaunchPlan): LaunchPlan => {
      const kept = keep(
        (step) => step.call !== "close_range" && !(step.name === "detach old root" && step.call === "close"),
      )(plan);
      const outer = kept.outer.map((step) =>
        step.call === "openat" && step.detail === "/" && step.save === 1
          ? {
              ...step,
              args: step.args.map((argument) =>
                argument === (O.PATH | O.DIRECTORY | O.CLOEXEC) ? O.PATH | O.DIRECTORY : argument,
              ),
            }
          : step,
      );
      return { ...kept, outer, inner: restoreNumbers(plan, kept.inner) };
    };
    // Of the root's own file system: mounts below it went with the detached root.
    const script = `for fd in /proc/self/fd/*; do cat "$fd/etc/passwd" 2>/dev/null; "$fd/bin/echo" ran 2>/dev/null; done; true`;
    attack(shell(script), {}, says(readFileSync("/etc/passwd", "utf8")), leak);
    attack(shell(script), {}, says("ran"), leak);
  });

  needs(1)("a FIFO in a read-only folder, which the mount's flag does not hold", () => {
    Bun.spawnSync(["mkfifo", "-m", "666", join(folder, "fifo")]);
    chmodSync(join(folder, "fifo"), 0o666);
    const files = [{ kind: "read-only", source: folder, path: "/data" }] as const;
    // Opened for both, it waits for nobody.
    attack(shell("(exec 3<>/data/fifo && echo opened) 2>/dev/null; true"), { policy: { files } }, says("opened"));
    rmSync(join(folder, "fifo"));
  });

  testIf(abi >= 1 && tool("perl"), "landlock and perl")(
    "a read-only file that is opened again by its descriptor",
    () => {
      const files = [{ kind: "read-only", source: join(folder, "secret"), path: "/data" }] as const;
      const writable = keep((step) => !(step.call === "mount_setattr" && step.detail === join(folder, "secret")));
      const script =
        'sysopen(F, "/data", 0x200000) or die; print open(G, "+<", "/proc/self/fd/" . fileno(F)) ? "opened" : "denied"';
      attack(
        (options) => sandbox(["perl", "-e", script], options).stdout,
        { policy: { files } },
        says("opened"),
        writable,
      );
    },
  );

  testIf(abi >= 1 && tool("perl"), "landlock and perl")("and a job can confine itself further", () => {
    const script =
      '$a = pack("Q", 2); $r = syscall(444, $a, 8, 0); print syscall(446, $r, 0); print open(F, ">", "/tmp/x") ? " wrote" : " denied"';
    expect(sandbox(["perl", "-e", script]).stdout).toBe("0 denied");
  });

  needs(1)("anything in /proc, also what the job's own user may write", () => {
    attack(shell("echo 0 > /proc/self/coredump_filter 2>/dev/null && echo wrote"), {}, says("wrote"));
  });

  testIf(abi >= 5 && tool("perl"), "landlock ABI 5 and perl")("requests to a device", () => {
    const ask = (options: SandboxOptions): string =>
      sandbox(
        [
          "perl",
          "-e",
          'open F, "</dev/urandom"; $b = pack("i", 0); print ioctl(F, 0x80045200, $b) ? "told" : "denied"',
        ],
        options,
      ).stdout;
    attack(ask, {}, says("told"));
  });

  testIf(abi >= 1 && tool("unshare"), "landlock and unshare")("mounts in a user namespace of the job's own", () => {
    const nested = keep(
      (step) => !(step.detail ?? "").includes("max_user_namespaces") && step.name !== "filter system calls",
    );
    const script = "unshare --user --map-root-user --mount mount -t tmpfs none /tmp 2>/dev/null && echo mounted";
    attack(shell(script), {}, says("mounted"), nested);
  });

  // Process 1 gives up its rights beside the running job: until then it is out of reach for another reason.
  needs(6)("a signal to a process that is not the job's", () => {
    attack(shell("sleep 0.05; kill -0 1 2>/dev/null && echo reached"), {}, says("reached"));
  });

  testIf(abi >= 6 && tool("perl"), "landlock ABI 6 and perl")(
    "an abstract socket of the host, on the host's network",
    async () => {
      const name = `hutch-test-${process.pid}`;
      const server = Bun.listen({ unix: `\0${name}`, socket: { data() {} } });
      const script = `use Socket; socket(S, PF_UNIX, SOCK_STREAM, 0); print connect(S, pack("Sa*", AF_UNIX, "\\0${name}")) ? "connected" : "denied"`;
      try {
        attack(
          (options) => sandbox(["perl", "-e", script], options).stdout,
          { policy: { network: "host" } },
          says("connected"),
        );
      } finally {
        server.stop();
      }
    },
  );
});

describeInSandbox("sockets by their path", () => {
  testIf(abi >= 9 && tool("perl"), `landlock ABI 9 and perl; here ABI ${abi}`)(
    "one of the host in a shown folder is not reached; one that the policy names is, and so is the job's own",
    () => {
      const server = createServer();
      const path = join(folder, "listener");
      server.listen(path);
      try {
        chmodSync(path, 0o777);
        const script = `socket(S, PF_UNIX, SOCK_STREAM, 0); print connect(S, pack_sockaddr_un($ARGV[0])) ? "connected" : "denied"`;
        const connect =
          (to: string) =>
          (options: SandboxOptions): string =>
            sandbox(["perl", "-MSocket", "-e", script, to], options).stdout;
        for (const kind of ["read-only", "read-write"] as const) {
          const files = [{ kind, source: folder, path: "/shown" }];
          attack(connect("/shown/listener"), { policy: { files } }, says("connected"));
          attack(connect("/shown/listener"), { policy: { files, syscalls: "off" } }, says("connected"));
          const named = [{ kind, source: path, path: "/run/listener" }];
          expect(connect("/run/listener")({ policy: { files: named } })).toBe("connected");
          expect(connect("/shown/listener")({ policy: { files }, landlockAbi: 8 })).toBe("connected");
        }
        const own = `$to = pack_sockaddr_un("/tmp/own"); socket(L, PF_UNIX, SOCK_STREAM, 0); bind(L, $to); listen(L, 1); fork or do { ${script}; exit }; wait`;
        expect(sandbox(["perl", "-MSocket", "-e", own, "/tmp/own"]).stdout).toBe("connected");
      } finally {
        server.close();
      }
    },
  );
});

/** Without close_range the numbers 0 and 1 are not free: they are closed one by one. */
function restoreNumbers(plan: LaunchPlan, inner: readonly Step[]): Step[] {
  const free = plan.inner.find((step) => step.name === "make ruleset" && step.call === "close_range");
  return inner.flatMap((step) =>
    step.call === "landlock_create_ruleset" && free !== undefined ? [free, step] : [step],
  );
}

describeInSandbox("policy.tcp", () => {
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    server = createServer((socket) => socket.end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as { port: number }).port;
  });
  afterAll(() => void server.close());
  const bash = testIf(abi >= 4 && tool("bash"), `landlock ABI 4 and bash; here ABI ${abi}`);
  const connect = (options: SandboxOptions): string =>
    sandbox(["bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/${port} && echo connected`], options).stdout;

  bash("lets a job connect to the ports that it names and to no others", () => {
    const network = "host";
    expect(connect({ policy: { network, tcp: { connect: [port], bind: [] } } })).toBe("connected\n");
    attack(connect, { policy: { network, tcp: { connect: [1], bind: [port] } } }, says("connected"));
    attack(connect, { policy: { network, tcp: { connect: [], bind: [] } } }, says("connected"));
  });

  testIf(abi >= 4 && tool("perl"), `landlock ABI 4 and perl; here ABI ${abi}`)(
    "and listen on the ports that it names",
    () => {
      const listen = (options: SandboxOptions): string =>
        sandbox(
          [
            "perl",
            "-MIO::Socket::INET",
            "-e",
            'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 4711, Listen => 1) ? "listens" : "denied"',
          ],
          options,
        ).stdout;
      expect(listen({ policy: { tcp: { connect: [], bind: [4711] } } })).toBe("listens");
      // Landlock alone: where no port is named the filter refuses every listener, too.
      attack(listen, { policy: { tcp: { connect: [4711], bind: [] }, syscalls: "off" } }, says("listens"));
      attack(listen, { policy: { tcp: { connect: [4711], bind: [1] } } }, says("listens"));
    },
  );

  testIf(abi >= 4 && tool("perl"), `landlock ABI 4 and perl; here ABI ${abi}`)(
    "and has no way past landlock: another TCP, a connection by its first packet, a listener without a port",
    () => {
      const script = `
        $to = pack_sockaddr_in(${port}, inet_aton("127.0.0.1"));
        sub way { print "$_[0]: ", $_[1] ? "reached" : $! + 0, "\n" }
        way("MPTCP", socket(M, PF_INET, SOCK_STREAM, 262) && connect(M, $to));
        way("MPTCP with bits that the kernel drops", syscall(${syscallNumber("socket")}, 2, 1, (1 << 32) | 262) >= 0);
        socket(F, PF_INET, SOCK_STREAM, 0); way("fast open", defined send(F, "x", 0x20000000, $to));
        socket(L, PF_INET, SOCK_STREAM, 0); way("listener", listen(L, 1))`;
      const tell = (policy: Partial<Policy>): string[] =>
        sandbox(["perl", "-MSocket", "-e", script], { policy: { network: "host", ...policy } })
          .stdout.trim()
          .split("\n");
      const [EPROTONOSUPPORT, EOPNOTSUPP] = [93, 95];
      const held = [
        `MPTCP: ${EPROTONOSUPPORT}`,
        `MPTCP with bits that the kernel drops: ${EPROTONOSUPPORT}`,
        `fast open: ${EOPNOTSUPP}`,
      ];
      const none = { connect: [1], bind: [] };
      expect(tell({ tcp: none })).toEqual([...held, `listener: ${EOPNOTSUPP}`]);
      expect(tell({ tcp: { connect: [1], bind: [1] } })).toEqual([...held, "listener: reached"]);
      const given = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [] } as const;
      expect(tell({ tcp: none, syscalls: given })).toEqual([...held, `listener: ${EOPNOTSUPP}`]);
      // Landlock alone does not see them, but fast open on kernels that had it mended (Debian's 6.12.117: EACCES).
      // A kernel may be built without MPTCP.
      const unfiltered = tell({ tcp: none, syscalls: "off" });
      expect(unfiltered[2]).toMatch(/^fast open: (reached|13)$/);
      expect(unfiltered[3]).toBe("listener: reached");
      expect(tell({ tcp: null })[3]).toBe("listener: reached");
    },
  );
});

describeInSandbox("landlock of an older kernel", () => {
  const script =
    "mkdir /tmp/a && echo ok > /tmp/a/f && cat /tmp/a/f && mknod /tmp/gone c 0 0 2>/dev/null || true; mv /tmp/a/f /tmp/f && cat /tmp/f";
  for (let older = 1; older <= 9; older += 1) {
    needs(older)(`ABI ${older}: a ruleset of it is accepted, and a job works under it`, () => {
      expect(sh(script, { landlockAbi: older }).stdout).toBe("ok\nok\n");
      expect(sh("mknod /tmp/null c 1 3 2>&1", { landlockAbi: older }).stdout).toContain("Permission denied");
    });
  }

  test("ABI 0: there are no steps of it", () => {
    expect(sh("mknod /tmp/gone c 0 0 && echo made", { landlockAbi: 0 }).stdout).toBe("made\n");
  });
});
