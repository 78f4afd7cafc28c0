// A supervised job holds a socket of the host's network, and asks it about that network.
import { describe, expect, test } from "bun:test";
import type { Backend } from "@hutch/core";
import { linuxClone } from "@hutch/linux-clone";
import { syscallNumber } from "@hutch/syscall";
import { run } from "../../src/index.ts";
import { ableToSupervise, missing, perl } from "./able-to-supervise.ts";

const limits = { cpuMs: 10_000, wallMs: 30_000 };
const [EPERM, ENOPROTOOPT] = [1, 92];
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

/** The job by a plan that leaves its filter out. */
async function withoutFilter<T>(job: () => Promise<T>): Promise<T> {
  const { plan } = linuxClone;
  const weak: Backend["plan"] = (request, probe) => {
    const planned = plan(request, probe);
    const inner = planned.plan.inner.filter((step) => step.name !== "filter system calls");
    return { ...planned, plan: { ...planned.plan, inner } };
  };
  Object.assign(linuxClone, { plan: weak });
  try {
    return await job();
  } finally {
    Object.assign(linuxClone, { plan });
  }
}

async function options(hostname: string): Promise<string> {
  using server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const [SOL_IP, SOL_SOCKET, SOL_TCP] = [0, 1, 6];
  const set = (level: number, option: number, value: string): string =>
    `print setsockopt(S, ${level}, ${option}, ${value}) ? "told" : $! + 0, " ";`;
  const get = (level: number, option: number): string =>
    `$got = getsockopt(S, ${level}, ${option}); print defined $got ? ($got =~ /^[a-z]/ ? unpack("Z*", $got) : "told") : $! + 0, " ";`;
  const [BINDTODEVICE, BINDTOIFINDEX, PKTINFO, PKTOPTIONS, UNICAST_IF, ULP] = [25, 62, 8, 9, 50, 31];
  const [KEEPALIVE, NODELAY] = [9, 1];
  const script = `
    socket(S, PF_INET, SOCK_STREAM, 0); connect(S, pack_sockaddr_in(${server.port}, inet_aton("127.0.0.1"))) or die;
    ${set(SOL_IP, UNICAST_IF, 'pack("N", 1)')} ${set(SOL_SOCKET, BINDTOIFINDEX, 'pack("i", 1)')} ${get(SOL_SOCKET, BINDTODEVICE)}
    ${set(SOL_IP, PKTINFO, 'pack("i", 1)')} ${get(SOL_IP, PKTOPTIONS)} ${get(SOL_TCP, ULP)}
    ${set(SOL_SOCKET, KEEPALIVE, 'pack("i", 1)')} ${set(SOL_TCP, NODELAY, 'pack("i", 1)')}`;
  const policy = { hostname, supervise: { connect: [`127.0.0.1:${server.port}`] } };
  return (await run(["perl", "-MSocket", "-e", script], { limits, policy })).text();
}

describe.skipIf(!perl || !ableToSupervise)(`a supervised command${missing("perl")}`, () => {
  test("is told of no interface of the host, but for the filter", async () => {
    expect(await ask("held")).toBe(`${EPERM} ${EPERM} told `);
    expect(await withoutFilter(() => ask("weak"))).toMatch(/^told told told \S+$/);
  });

  test("learns no name and no number of an interface by options, and chooses no other way for its packets", async () => {
    expect(await options("held")).toBe(`${`${ENOPROTOOPT} `.repeat(6)}told told `);
    const weak = await withoutFilter(() => options("weak"));
    // Interface 1 is the host's loopback: the job binds the socket to it, and is told its name.
    expect(weak).toMatch(/^told told lo told told told told told $/);
  });
});
