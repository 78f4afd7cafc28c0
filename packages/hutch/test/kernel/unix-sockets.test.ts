// Somebody of the host listens on socket files in a folder that a job is shown. They are found by their inodes, so no namespace
// and no read-only mount is between the two.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { syscallNumber, tryCall } from "@hutch/syscall";
import { createPool, type FileEntry, type PolicyLayer, run } from "../../src/index.ts";
import type * as jobs from "./jobs/make-sockets.ts";

const perl = Bun.which("perl") !== null;
const limits = { cpuMs: 10_000, wallMs: 30_000 };
/** From ABI 9 on landlock lets a job reach no socket that was made outside of it. */
const ABI = tryCall("landlock_create_ruleset", null, 0, 1);
const LANDLOCK_SEES_SOCKETS = ABI >= 9;
/** The host decides calls only where landlock holds TCP. */
const supervised = ABI >= 4 ? [{ supervise: {} }] : [];

/** Listens by a stream and by datagrams, says that it does, and prints how many packets and connections came when stdin closes. */
const LISTENER = `
use Socket; use IO::Select; $| = 1; umask 0;
socket(S, PF_UNIX, SOCK_STREAM, 0) and bind(S, pack_sockaddr_un("$ARGV[0]/stream")) and listen(S, 9) or die $!;
socket(D, PF_UNIX, SOCK_DGRAM, 0) and bind(D, pack_sockaddr_un("$ARGV[0]/datagrams")) or die $!;
print "listens\\n";
my $came = 0; my $all = IO::Select->new(*STDIN, *S, *D);
WAIT: while (1) { for my $fh ($all->can_read) {
  if (fileno($fh) == 0) { last WAIT unless sysread(STDIN, $_, 64) }
  elsif (fileno($fh) == fileno(S)) { accept(C, S); $came++ }
  else { recv(D, $_, 64, 0); $came++ }
} }
print "$came\\n";`;

/** Every way to a socket by its path, one line each. */
const WAYS = `
use Socket; $| = 1;
sub way { print "$_[0]: ", $_[1] ? "reached" : $! + 0, "\\n" }
$stream = pack_sockaddr_un("/shown/stream"); $datagrams = pack_sockaddr_un("/shown/datagrams");
way("connect", socket(S, PF_UNIX, SOCK_STREAM, 0) && connect(S, $stream));
way("send to", socket(D, PF_UNIX, SOCK_DGRAM, 0) && defined send(D, "x", 0, $datagrams));
way("connect and send", socket(E, PF_UNIX, SOCK_DGRAM, 0) && connect(E, $datagrams) && defined send(E, "x", 0));
for (["a pair", 2], ["a raw pair", 3], ["a pair with bits that the kernel drops", (1 << 32) | 2]) {
  $p = "\\0" x 8; ($title, $type) = @$_;
  if (syscall(${syscallNumber("socketpair")}, 1, $type, 0, $p) < 0) { way("$title of datagrams", 0); next }
  open(P, "+<&=", unpack("i", $p)); way("$title of datagrams", defined send(P, "x", 0, $datagrams));
}
socketpair(A, B, PF_UNIX, SOCK_STREAM, 0) or die $!;
way("an end of a pair", connect(A, $stream)); close B; way("a lone end", connect(A, $stream) || defined send(A, "x", 0x4000, $stream));
socketpair(F, G, PF_UNIX, SOCK_SEQPACKET, 0) or die $!; close G;
way("a lone end of packets", connect(F, $stream) || connect(F, $datagrams) || defined send(F, "x", 0x4000, $datagrams));`;
const REACHED = ["connect", "send to", "connect and send"];
const PAIRS = ["a pair of datagrams", "a raw pair of datagrams", "a pair with bits that the kernel drops of datagrams"];
const EACCES = 13;

const OWN = `use Socket; $there = pack_sockaddr_un("/tmp/own");
socket(L, PF_UNIX, SOCK_STREAM, 0) and bind(L, $there) and listen(L, 1) and socket(C, PF_UNIX, SOCK_STREAM, 0) and connect(C, $there) and print "own";`;

describe.skipIf(!perl)(`a socket file in a shown folder${perl ? "" : " (needs perl)"}`, () => {
  let folder = "";
  const files = (): readonly FileEntry[] => [{ kind: "read-only", source: folder, path: "/shown" }];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
    chmodSync(folder, 0o777);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** @returns what the job said, and how often somebody came by the host's own count */
  async function visit(argv: readonly string[], policy: PolicyLayer): Promise<readonly [string[], number]> {
    const listener = Bun.spawn(["perl", "-e", LISTENER, folder], { stdin: "pipe", stdout: "pipe" });
    const said = listener.stdout.getReader();
    const hear = async (): Promise<string> => new TextDecoder().decode((await said.read()).value);
    expect(await hear()).toBe("listens\n");
    try {
      const job = await run(argv, { limits, policy }).finally(() => listener.stdin.end());
      expect(job.verdict.status).toBe("ok");
      return [job.text().trim().split("\n"), Number(await hear())];
    } finally {
      await listener.exited;
      for (const name of ["stream", "datagrams"]) rmSync(join(folder, name));
    }
  }
  const go = (policy: PolicyLayer): ReturnType<typeof visit> => visit(["perl", "-e", WAYS], policy);

  test.skipIf(LANDLOCK_SEES_SOCKETS)(
    "is reached, also where the folder is read-only (before landlock's ABI 9)",
    async () => {
      const [lines, came] = await go({ files: files() });
      expect(lines.filter((line) => line.endsWith(": reached"))).toEqual(
        [...REACHED, ...PAIRS].map((way) => `${way}: reached`),
      );
      expect(came).toBe(6);
    },
  );

  test.skipIf(!LANDLOCK_SEES_SOCKETS)("is not reached from landlock's ABI 9 on", async () => {
    const [lines, came] = await go({ files: files() });
    expect(lines.filter((line) => line.endsWith(": reached"))).toEqual([]);
    expect(came).toBe(0);
  });

  test('is not reached in any way with unixSockets: "pairs", and no socket is made to do so', async () => {
    const profile = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [] } as const;
    for (const policy of [{}, { syscalls: profile }, ...supervised]) {
      const [lines, came] = await go({ files: files(), unixSockets: "pairs", ...policy });
      expect(lines.slice(0, 6)).toEqual([...REACHED, ...PAIRS].map((way) => `${way}: ${EACCES}`));
      expect(lines.filter((line) => line.endsWith(": reached"))).toEqual([]);
      expect(lines.length).toBe(9);
      expect(came).toBe(0);
    }
  });

  test("that the policy names itself is reached: it is meant", async () => {
    const named = ["stream", "datagrams"].map((name) => ({
      kind: "read-only" as const,
      source: join(folder, name),
      path: `/shown/${name}`,
    }));
    expect((await go({ files: named }))[1]).toBe(6);
    expect((await go({ files: named, unixSockets: "pairs" }))[1]).toBe(0);
  });

  test("is not reached through an overlay of the folder, whose files are others", async () => {
    const [lines, came] = await go({ files: [{ kind: "overlay", source: folder, path: "/shown" }] });
    const ECONNREFUSED = 111;
    expect(lines.slice(0, 2)).toEqual(["connect", "send to"].map((way) => `${way}: ${ECONNREFUSED}`));
    expect(came).toBe(0);
  });

  test("of the job's own is the job's own matter, but for pairs alone", async () => {
    const own = (policy: PolicyLayer): Promise<string> =>
      run(["perl", "-e", OWN], { limits, policy }).then((job) => job.text());
    expect(await own({})).toBe("own");
    expect(await own({ unixSockets: "pairs" })).toBe("");
  });
});

test('functions: with unixSockets: "pairs" a job makes pairs and starts programs, and no other Unix socket', async () => {
  const module = join(import.meta.dir, "jobs/make-sockets.ts");
  const said = async (policy: PolicyLayer): Promise<readonly [jobs.Made, string]> => {
    await using pool = await createPool<typeof jobs>({ module, limits, policy });
    return [await pool.call("makeSockets", []), await pool.call("startProgram", [])];
  };
  const [INET, DENIED] = [0, -EACCES];
  const all = { stream: 0, datagrams: 0, inet: INET, pair: 0, packets: 0, pairOfDatagrams: 0 };
  expect(await said({})).toEqual([all, "started"]);
  expect(await said({ unixSockets: "pairs" })).toEqual([
    { ...all, stream: DENIED, datagrams: DENIED, pairOfDatagrams: DENIED },
    "started",
  ]);
});

test("is refused where nothing could hold it", () => {
  const refused =
    (policy: PolicyLayer): (() => unknown) =>
    () =>
      run(["true"], { policy: { unixSockets: "pairs", ...policy } });
  expect(refused({ syscalls: "off" })).toThrow('Cannot use policy.unixSockets = "pairs" with syscalls "off"');
  expect(refused({ backend: "posix-fork" })).toThrow('Cannot use policy.unixSockets with the backend "posix-fork"');
  expect(() => run(["true"], { policy: { unixSockets: "none" as "pairs" } })).toThrow("policy.unixSockets");
});
