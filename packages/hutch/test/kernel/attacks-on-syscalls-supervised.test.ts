// A supervised job holds a socket of the host's network, and asks it about that network.
import { describe, expect, test } from "bun:test";
import type { Backend } from "@hutch/core";
import { linuxClone } from "@hutch/linux-clone";
import { landlockAbi, syscallNumber } from "@hutch/syscall";
import { run } from "../../src/index.ts";

const limits = { cpuMs: 10_000, wallMs: 30_000 };
const perl = Bun.which("perl") !== null;
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
const EPERM = 1;
const [FIONREAD, SIOCGIFCONF] = [0x541b, 0x8912];

async function ask(hostname: string): Promise<string> {
  using server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const ioctl = (request: string, argument: string): string =>
    `print syscall(${syscallNumber("ioctl")}, fileno(S), ${request}, ${argument}) < 0 ? $! + 0 : "told", " ";`;
  // struct ifconf: how many bytes there are, and where.
  const script = `
    socket(S, PF_INET, SOCK_STREAM, 0); connect(S, pack_sockaddr_in(${server.port}, inet_aton("127.0.0.1"))) or die;
    $bytes = "\\0" x 4096; $where = pack("ix4P", 4096, $bytes); $count = pack("i", 0);
    ${ioctl(`${SIOCGIFCONF}`, "$where")} ${ioctl(`(1 << 32) | ${SIOCGIFCONF}`, "$where")} ${ioctl(`${FIONREAD}`, "$count")}
    print unpack("Z*", $bytes)`;
  const policy = { hostname, supervise: { connect: [`127.0.0.1:${server.port}`] } };
  return (await run(["perl", "-MSocket", "-e", script], { limits, policy })).text();
}

describe.skipIf(!perl || !able)(`a supervised command${why}`, () => {
  test("is told of no interface of the host, but for the filter", async () => {
    expect(await ask("held")).toBe(`${EPERM} ${EPERM} told `);
    const { plan } = linuxClone;
    const weak: Backend["plan"] = (request, probe) => {
      const planned = plan(request, probe);
      const inner = planned.plan.inner.filter((step) => step.name !== "filter system calls");
      return { ...planned, plan: { ...planned.plan, inner } };
    };
    Object.assign(linuxClone, { plan: weak });
    try {
      expect(await ask("weak")).toMatch(/^told told told \S+$/);
    } finally {
      Object.assign(linuxClone, { plan });
    }
  });
});
