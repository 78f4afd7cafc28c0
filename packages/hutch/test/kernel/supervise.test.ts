// Connections that the host makes for a job: it reaches what the policy names, and nothing else by whatever it does with the
// socket that it is given.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend, Step } from "@hutch/core";
import { linuxClone } from "@hutch/linux-clone";
import { landlockAbi, syscallNumber } from "@hutch/syscall";
import { type RunningJob, run } from "../../src/index.ts";

const limits = { cpuMs: 10_000, wallMs: 30_000 };
const perl = Bun.which("perl") !== null;
const gcc = Bun.which("gcc") !== null;
/** Landlock's rules for TCP, without which the policy is refused. */
const TCP_ABI = 4;
const able = ((): boolean => {
  try {
    return landlockAbi() >= TCP_ABI;
  } catch {
    // A kernel without landlock.
    return false;
  }
})();
const why = perl ? (able ? "" : " (needs Linux 6.7 with landlock)") : " (needs perl)";
const [EACCES, EOPNOTSUPP, ECONNREFUSED] = [13, 95, 111];

interface Service {
  readonly port: number;
  readonly visits: () => number;
  readonly stop: () => void;
}

/** Greets everybody who connects with its name. */
function serve(name: string): Service {
  let visits = 0;
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        visits += 1;
        socket.end(name);
      },
      data() {},
    },
  });
  return { port: server.port, visits: () => visits, stop: () => server.stop(true) };
}

let allowed: Service;
let forbidden: Service;
beforeAll(() => {
  allowed = serve("allowed");
  forbidden = serve("forbidden");
});
afterAll(() => {
  allowed.stop();
  forbidden.stop();
});

/** A Perl program that may connect to `allowed` by its address and by a name. */
function supervised(script: string): RunningJob {
  const connect = [`127.0.0.1:${allowed.port}`, `localhost:${allowed.port}`];
  return run(["perl", "-MSocket", "-e", script], { limits, policy: { supervise: { connect } } });
}
const dial = (host: string, port: number): string =>
  `socket(S, PF_INET, SOCK_STREAM, 0); print connect(S, pack_sockaddr_in(${port}, inet_aton("${host}"))) ? <S> : $! + 0;`;

describe.skipIf(!perl || !able)(`a supervised command${why}`, () => {
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
    gone.stop();
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
  `a job that changes the address while the host looks at it reaches what the host saw, or nothing${gcc && able ? "" : " (needs gcc, and Linux 6.7 with landlock)"}`,
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
