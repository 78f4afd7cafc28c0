// Connections that the host makes for a job: it reaches what the policy names, and nothing else by whatever it does with the
// socket that it is given.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend, Step } from "@hutch/core";
import { linuxClone } from "@hutch/linux-clone";
import { syscallNumber } from "@hutch/syscall";
import { type RunningJob, run, type SuperviseInput } from "../../src/index.ts";
import { ableToSupervise as able, gcc, missing, perl, type Service, serve } from "./able-to-supervise.ts";

const limits = { cpuMs: 10_000, wallMs: 30_000 };
const [EACCES, EOPNOTSUPP, ECONNREFUSED] = [13, 95, 111];

let allowed: Service;
let forbidden: Service;
beforeAll(() => {
  allowed = serve("allowed");
  forbidden = serve("forbidden");
});
afterAll(() => {
  allowed[Symbol.dispose]();
  forbidden[Symbol.dispose]();
});

/** A Perl program that may connect to `allowed` by its address and by a name. */
function supervised(script: string): RunningJob {
  const connect = [`127.0.0.1:${allowed.port}`, `localhost:${allowed.port}`];
  return run(["perl", "-MSocket", "-e", script], { limits, policy: { supervise: { connect } } });
}
const dial = (host: string, port: number): string =>
  `socket(S, PF_INET, SOCK_STREAM, 0); print connect(S, pack_sockaddr_in(${port}, inet_aton("${host}"))) ? <S> : $! + 0;`;

describe.skipIf(!perl || !able)(`a supervised command${missing("perl")}`, () => {
  test("reaches the named service, by address and by name, and gets its words", async () => {
    expect((await supervised(dial("127.0.0.1", allowed.port))).text()).toBe("allowed");
    expect((await supervised(dial("localhost", allowed.port))).text()).toBe("allowed");
    const many = await supervised(`for (1..20) { ${dial("127.0.0.1", allowed.port)} }`);
    expect(many.text()).toBe("allowed".repeat(20));
  });

  test("reaches nothing else", async () => {
    expect((await supervised(dial("127.0.0.1", forbidden.port))).text()).toBe(`${EACCES}`);
    expect((await supervised(dial("192.0.2.1", allowed.port))).text()).toBe(`${EACCES}`);
    const plain = await run(["perl", "-MSocket", "-e", dial("127.0.0.1", allowed.port)], { limits });
    expect(plain.text()).toBe(`${ECONNREFUSED}`);
  });

  test("is told what the service told the host", async () => {
    const gone = serve("gone");
    gone[Symbol.dispose]();
    const script = dial("127.0.0.1", gone.port);
    const connect = [`127.0.0.1:${gone.port}`];
    const result = await run(["perl", "-MSocket", "-e", script], { limits, policy: { supervise: { connect } } });
    expect(result.text()).toBe(`${ECONNREFUSED}`);
    const nowhere = await run(["perl", "-MSocket", "-e", dial("no-such-name.invalid", 80)], {
      limits,
      policy: { supervise: { connect: ["no-such-name.invalid:80"] } },
    });
    expect(nowhere.text()).toBe("113");
  });

  test("cannot turn its socket elsewhere, listen on it, or connect it without connect(2)", async () => {
    const before = forbidden.visits();
    const to = `pack_sockaddr_in(${forbidden.port}, inet_aton("127.0.0.1"))`;
    const script = `
      socket(S, PF_INET, SOCK_STREAM, 0);
      connect(S, pack_sockaddr_in(${allowed.port}, inet_aton("127.0.0.1"))) or die;
      $unspec = pack("Sx14", 0); syscall(${syscallNumber("connect")}, fileno(S), $unspec, 16);
      print connect(S, ${to}) ? "connected" : $! + 0, " ";
      print listen(S, 1) ? "listens" : $! + 0, " ";
      print bind(S, pack_sockaddr_in(0, inet_aton("0.0.0.0"))) ? "bound" : $! + 0, " ";
      print defined(send(S, "x", 0x20000000, ${to})) ? "sent" : $! + 0;`;
    expect((await supervised(script)).text()).toBe(`${EACCES} ${EOPNOTSUPP} ${EACCES} ${EOPNOTSUPP}`);
    expect(forbidden.visits()).toBe(before);
  });

  test("would, if landlock did not forbid it", async () => {
    const { plan } = linuxClone;
    const isLandlock = (step: Step): boolean => ["make ruleset", "add rule", "restrict self"].includes(step.name);
    const weak: Backend["plan"] = (request, probe) => {
      const planned = plan(request, probe);
      return { ...planned, plan: { ...planned.plan, inner: planned.plan.inner.filter((step) => !isLandlock(step)) } };
    };
    const script = `
      socket(S, PF_INET, SOCK_STREAM, 0);
      connect(S, pack_sockaddr_in(${allowed.port}, inet_aton("127.0.0.1"))) or die;
      $unspec = pack("Sx14", 0); syscall(${syscallNumber("connect")}, fileno(S), $unspec, 16);
      print connect(S, pack_sockaddr_in(${forbidden.port}, inet_aton("127.0.0.1"))) ? <S> : $! + 0`;
    expect((await supervised(script)).text()).toBe(`${EACCES}`);
    Object.assign(linuxClone, { plan: weak });
    try {
      const policy = { hostname: "weak", supervise: { connect: [`127.0.0.1:${allowed.port}`] } };
      expect((await run(["perl", "-MSocket", "-e", script], { limits, policy })).text()).toBe("forbidden");
    } finally {
      Object.assign(linuxClone, { plan });
    }
  });

  test("is led by a name to no special address, unless the policy says that it may be", async () => {
    const before = allowed.visits();
    const name = hostname();
    const service = `${name}:${allowed.port}`;
    const through = async (supervise: SuperviseInput): Promise<string> =>
      (await run(["perl", "-MSocket", "-e", dial(name, allowed.port)], { limits, policy: { supervise } })).text();
    expect(await through({ connect: [service] })).toBe(`${EACCES}`);
    expect(await through({ connect: [service], mayResolveTo: ["10.0.0.0/8", "::1/128"] })).toBe(`${EACCES}`);
    expect(await through({ connect: [service, `127.0.0.1:${allowed.port + 1}`] })).toBe(`${EACCES}`);
    expect(allowed.visits()).toBe(before);
    expect(await through({ connect: [service], mayResolveTo: ["127.0.0.0/8"] })).toBe("allowed");
    expect(await through({ connect: [service, `127.0.0.1:${allowed.port}`] })).toBe("allowed");
  });

  test("reaches an IPv4 address that the policy has in IPv6's spelling, from sockets of both", async () => {
    const script = `
      socket(S, PF_INET, SOCK_STREAM, 0); print connect(S, pack_sockaddr_in(${allowed.port}, inet_aton("127.0.0.1"))) ? <S> : $! + 0, " ";
      socket(T, PF_INET6, SOCK_STREAM, 0);
      print connect(T, pack_sockaddr_in6(${allowed.port}, Socket::inet_pton(PF_INET6, "::ffff:127.0.0.1"))) ? <T> : $! + 0;`;
    for (const host of ["127.0.0.1", "[::ffff:127.0.0.1]"]) {
      const policy = { supervise: { connect: [`${host}:${allowed.port}`] } };
      expect((await run(["perl", "-MSocket", "-e", script], { limits, policy })).text()).toBe("allowed allowed");
    }
  });

  test("keeps its UDP sockets, and the errors of its own network", async () => {
    const before = allowed.visits();
    const [ENETUNREACH, SOCK_DGRAM] = [101, 2];
    const script = `
      socket(S, PF_INET, SOCK_DGRAM, 0); print connect(S, pack_sockaddr_in(${allowed.port}, inet_aton("127.0.0.1"))) ? "own" : $! + 0, " ";
      print unpack("i", getsockopt(S, SOL_SOCKET, SO_TYPE)), " ";
      socket(T, PF_INET, SOCK_DGRAM, 0); print connect(T, pack_sockaddr_in(443, inet_aton("a.example"))) ? "there" : $! + 0;`;
    const connect = [`127.0.0.1:${allowed.port}`, "a.example:443"];
    const result = await run(["perl", "-MSocket", "-e", script], { limits, policy: { supervise: { connect } } });
    expect(result.text()).toBe(`own ${SOCK_DGRAM} ${ENETUNREACH}`);
    expect(allowed.visits()).toBe(before);
  });

  test("makes two thousand connections from forty processes at once, and is told of each", async () => {
    const script = `
      for (1..40) { next if fork; for (1..50) {
        socket(S, PF_INET, SOCK_STREAM, 0); connect(S, pack_sockaddr_in(${allowed.port}, inet_aton("127.0.0.1"))) or exit 1; exit 2 if <S> ne "allowed"; close S;
      } exit 0 }
      $good = 0; while (wait > 0) { $good++ if $? == 0 } print $good;`;
    const connect = [`127.0.0.1:${allowed.port}`];
    const many = { cpuMs: 60_000, wallMs: 90_000, processes: 100 };
    const result = await run(["perl", "-MSocket", "-e", script], { limits: many, policy: { supervise: { connect } } });
    expect(result.text()).toBe("40");
  });

  test("still has local sockets of its own, and a fatal call is still named", async () => {
    const script = `socketpair(A, B, PF_UNIX, SOCK_STREAM, 0); syswrite(A, "x"); sysread(B, $x, 1); socket(S, PF_UNIX, SOCK_STREAM, 0); print $x, connect(S, pack_sockaddr_un("/tmp/none")) ? "" : $! + 0`;
    expect((await supervised(script)).text()).toBe("x2");
    const { verdict } = await supervised(`syscall(${syscallNumber("init_module")}, 0, 0, 0)`);
    expect(verdict.reason).toBe("it made the forbidden system call init_module");
  });

  test("that ends while the host connects for it leaves nothing open", async () => {
    const count = (): number => [...new Bun.Glob("*").scanSync({ cwd: "/proc/self/fd", onlyFiles: false })].length;
    await supervised("1");
    const before = count();
    for (let i = 0; i < 5; i++) {
      // 192.0.2.0/24 leads nowhere (RFC 5737): the host still tries when the job ends.
      const script = `if (!fork) { ${dial("192.0.2.1", 9)} } select(undef, undef, undef, 0.05)`;
      await run(["perl", "-MSocket", "-e", script], { limits, policy: { supervise: { connect: ["192.0.2.1:9"] } } });
    }
    for (let i = 0; i < 1200 && count() > before; i++) await Bun.sleep(10);
    expect(count()).toBeLessThanOrEqual(before);
  });
});

const RACE = `
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static struct sockaddr_in to = {.sin_family = AF_INET};
static volatile int over;
static unsigned short ports[2];
static void *flip(void *unused) {
  for (unsigned i = 0; !over; i++) ((volatile struct sockaddr_in *)&to)->sin_port = ports[i & 1];
  return unused;
}
int main(int argc, char **argv) {
  pthread_t thread;
  int good = 0, bad = 0;
  ports[0] = htons(atoi(argv[argc - 2]));
  ports[1] = htons(atoi(argv[argc - 1]));
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  pthread_create(&thread, 0, flip, 0);
  /* On a busy machine the two threads may take turns for long. */
  for (int i = 0; i < 300 || good == 0; i++) {
    char said[16] = {0};
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s, (struct sockaddr *)&to, sizeof to) == 0) {
      if (read(s, said, sizeof said - 1) > 0) { if (said[0] == 'a') good++; else bad++; }
    }
    close(s);
  }
  over = 1;
  printf("%d %d", good > 0, bad);
}`;

test.skipIf(!gcc || !able)(
  `a job that changes the address while the host looks at it reaches what the host saw, or nothing${missing("gcc")}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
    chmodSync(folder, 0o755);
    try {
      await Bun.write(join(folder, "race.c"), RACE);
      const built = Bun.spawnSync(["gcc", "-O2", "-pthread", "-o", join(folder, "race"), join(folder, "race.c")]);
      expect(built.exitCode).toBe(0);
      const before = forbidden.visits();
      const result = await run(["/attack/race", `${allowed.port}`, `${forbidden.port}`], {
        limits,
        policy: {
          files: [{ kind: "read-only", source: folder, path: "/attack" }],
          supervise: { connect: [`127.0.0.1:${allowed.port}`] },
        },
      });
      expect([result.verdict.status, result.text()]).toEqual(["ok", "1 0"]);
      expect(forbidden.visits()).toBe(before);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

describe("policy.supervise", () => {
  const supervise = { connect: ["127.0.0.1:80"] };
  test.each([
    [{ supervise: { connect: ["example.com"] } }, "policy.supervise.connect[0]"],
    [{ supervise: { connect: ["example.com:0"] } }, "policy.supervise.connect[0]"],
    [{ supervise: { connect: ["1.2.3:80"] } }, "policy.supervise.connect[0]"],
    [{ supervise: { connect: ["a b:80"] } }, "policy.supervise.connect[0]"],
    [
      { supervise, network: "host" },
      "Cannot use policy.supervise: a job with the network of the host connects by itself",
    ],
    [{ supervise, syscalls: "off" }, "Cannot use policy.supervise: it has a profile of its own"],
    [{ supervise, tcp: { connect: [], bind: [] } }, "Cannot use policy.supervise: it names all"],
    [{ supervise, ids: "range" }, "Cannot use policy.supervise: init reads what a call points to"],
    [{ supervise, bestEffort: ["landlock"] }, "Cannot use policy.supervise: it needs landlock"],
    [{ supervise, backend: "posix-fork" }, "policy.supervise"],
  ] as const)("refuses %j and says why", (policy, message) => {
    expect(() => run(["true"], { policy: policy as never })).toThrow(message);
  });
});

test.skipIf(able)(
  `where landlock knows no TCP, a supervised run is refused${able ? " (here it knows it)" : ""}`,
  async () => {
    const refused = run(["true"], { policy: { supervise: { connect: ["127.0.0.1:80"] } } });
    expect(await refused.then(() => "ran", String)).toContain("landlock");
  },
);
