// Attacks by one system call each. Every one is seen to succeed where the policy switches the filter off, and to be held where
// it does not; what this machine's kernel refuses by itself is skipped with that reason.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arch, type SyscallName, syscallNumber, tryCall } from "@hutch/syscall";
import { createPool, type Policy, type Pool, run } from "../../src/index.ts";
import type * as calls from "./jobs/call-by-number.ts";

const module = join(import.meta.dir, "jobs/call-by-number.ts");
const limits = { cpuMs: 10_000, wallMs: 20_000 };
const X86 = arch() === "x86-64";
const perl = Bun.which("perl") !== null;
const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97];

interface Attack {
  readonly title: string;
  readonly call: SyscallName;
  /** Arguments as Perl writes them; `$p` is 256 zeroed bytes, `$me` the process. */
  readonly args: string;
  readonly held: number;
  /** Perl before the call, and the policy that it needs. */
  readonly before?: string;
  readonly policy?: Partial<Policy>;
}

const ATTACKS: readonly Attack[] = [
  {
    title: "puts a key into its user's keyring",
    call: "add_key",
    before: `($t, $n, $x) = ("user", "hutch-test", "x");`,
    args: "$t, $n, $x, 1, -4",
    held: EPERM,
  },
  { title: "looks into its user's keyring", call: "keyctl", args: "11, -4, $p, 256", held: EPERM },
  {
    title: "asks for somebody's key",
    call: "request_key",
    before: `($t, $n) = ("keyring", "_uid.$<");`,
    args: "$t, $n, 0, -1",
    held: EPERM,
  },
  { title: "makes a socket to the hypervisor", call: "socket", args: "40, 1, 0", held: EAFNOSUPPORT },
  { title: "makes a socket of the kernel's ciphers", call: "socket", args: "38, 5, 0", held: EAFNOSUPPORT },
  {
    title: "makes that socket with bits that the kernel does not look at",
    call: "socket",
    args: "(1 << 32) | 40, 1, 0",
    held: EAFNOSUPPORT,
  },
  { title: "listens to the kernel's events", call: "socket", args: "16, 3, 15", held: EAFNOSUPPORT },
  { title: "talks to any kernel module", call: "socket", args: "16, 3, 16", held: EAFNOSUPPORT },
  {
    title: "takes asynchronous requests of a quota that the whole machine has",
    call: "io_setup",
    args: "64, $p",
    held: ENOSYS,
  },
  {
    title: "attaches a program to a socket",
    call: "setsockopt",
    // struct sock_filter of one return, in struct sock_fprog.
    before: `socketpair(A, B, 1, 2, 0); $fd = fileno(A); $f = pack("SCCL", 6, 0, 0, 0xffff); $p = pack("Sx6P", 1, $f);`,
    args: "$fd, 1, 26, $p, 16",
    held: EPERM,
  },
  { title: "sets up io_uring", call: "io_uring_setup", args: "1, $p", held: ENOSYS },
  {
    title: "counts what the processor does",
    call: "perf_event_open",
    // PERF_TYPE_SOFTWARE, 64 bytes, PERF_COUNT_SW_TASK_CLOCK, exclude_kernel and exclude_hv.
    before: `substr($p, 0, 16) = pack("LLQ", 1, 64, 1); substr($p, 40, 8) = pack("Q", 0x60);`,
    args: "$p, 0, -1, -1, 0",
    held: EPERM,
  },
  {
    title: "loads a program into the kernel",
    call: "bpf",
    args: "0, $p, 72",
    before: `substr($p, 0, 20) = pack("L5", 2, 4, 8, 1, 0);`,
    held: EPERM,
  },
  { title: "stops the kernel on its page faults", call: "userfaultfd", args: "1", held: EPERM },
  { title: "watches files of everybody", call: "fanotify_init", args: "0x200, 0", held: EPERM },
  { title: "makes all readable memory executable", call: "personality", args: "0x400000", held: EPERM },
  { title: "compares what processes share in the kernel", call: "kcmp", args: "$me, $me, 0, 0, 1", held: EPERM },
  {
    title: "takes a descriptor by a process's handle",
    call: "pidfd_getfd",
    before: `$handle = syscall(${syscallNumber("pidfd_open")}, $me, 0);`,
    args: "$handle, 0, 0",
    held: EPERM,
  },
  {
    title: "types into its terminal",
    call: "ioctl",
    // TIOCSPTLCK and TIOCGPTN; a session's leader that opens a terminal has it.
    before: `$SIG{HUP} = "IGNORE"; open($terminal, "+<", "/dev/ptmx"); $off = pack("i", 0); ioctl($terminal, 0x40045431, $off); $n = pack("i", 0); ioctl($terminal, 0x80045430, $n); open($slave, "+<", "/dev/pts/" . unpack("i", $n)); $fd = fileno($slave); $p = "x";`,
    args: "$fd, 0x5412, $p",
    policy: { terminal: true },
    held: EPERM,
  },
  {
    title: "changes the line discipline of its terminal",
    call: "ioctl",
    before: `open($terminal, "+<", "/dev/ptmx"); $fd = fileno($terminal);`,
    args: "$fd, 0x5423, $p",
    policy: { terminal: true },
    held: EPERM,
  },
  ...(X86
    ? [{ title: "makes segments of 16 bits", call: "modify_ldt", args: "0, $p, 256", held: EPERM } as const]
    : []),
];

/** One result: 0 or more, or a negated errno. */
async function attempt({ call, args, before, policy }: Attack, syscalls: Policy["syscalls"]): Promise<number> {
  const script = `$p = "\\0" x 256; $me = $$; ${before ?? ""} $r = syscall(${syscallNumber(call)}, ${args}); print $r < 0 ? -($! + 0) : $r`;
  const result = await run(["perl", "-e", script], { limits, policy: { ...policy, syscalls } });
  if (!result.ok) throw new Error(`${result.verdict.status}: ${result.verdict.reason} ${result.text("stderr")}`);
  return Number(result.text());
}

const openly = perl ? await Promise.all(ATTACKS.map((attack) => attempt(attack, "off"))) : [];

describe("a command", () => {
  ATTACKS.forEach((attack, index) => {
    const came = openly[index] ?? Number.NaN;
    const why = perl ? `this kernel refuses it by itself: errno ${-came}` : "there is no perl";
    const title = `that ${attack.title} succeeds without the filter, and is held by it`;
    test.skipIf(!(came >= 0))(came >= 0 ? title : `${title} (${why})`, async () => {
      expect(await attempt(attack, "default")).toBe(-attack.held);
    });
  });

  test.skipIf(!perl)(
    `has attacks that this kernel does not refuse by itself${perl ? "" : " (there is no perl)"}`,
    () => {
      expect(openly.filter((came) => came >= 0).length).toBeGreaterThanOrEqual(ATTACKS.length / 3);
    },
  );

  test.skipIf(!perl)(
    `is ended by what nobody calls by mistake, and the verdict names it${perl ? "" : " (there is no perl)"}`,
    async () => {
      for (const call of ["init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load"] as const) {
        const argv = ["perl", "-e", `syscall(${syscallNumber(call)}, 0, 0, 0, 0, 0); print "went on"`];
        const { verdict, stdout } = await run(argv, { limits });
        expect(verdict).toMatchObject({
          status: "violation",
          blame: "job",
          signal: "SIGSYS",
          reason: `it made the forbidden system call ${call}`,
        });
        expect(stdout.byteLength).toBe(0);
        expect((await run(argv, { limits, policy: { syscalls: "off" } })).text()).toBe("went on");
      }
    },
  );

  test("that raises SIGSYS itself is told apart: no call is named", async () => {
    const { verdict } = await run(["/bin/sh", "-c", "kill -SYS $$"], { limits });
    expect(verdict).toMatchObject({ status: "violation", signal: "SIGSYS" });
    expect(verdict.reason).not.toContain("it made");
  });
});

describe("by another entry into the kernel", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "i386"), elf([0xb8, 20, 0, 0, 0, 0xcd, 0x80]), { mode: 0o755 });
    // mov $0x40000027, %eax; syscall
    writeFileSync(join(folder, "x32"), elf([0xb8, 0x27, 0, 0, 0x40, 0x0f, 0x05]), { mode: 0o755 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  for (const [entry, named] of [
    ["i386", "number 20 of the architecture i386"],
    ["x32", "number 39 of the architecture x32"],
  ] as const)
    test.skipIf(!X86)(
      `${entry}: a command is ended, and goes on without the filter${X86 ? "" : " (only x86-64 has it)"}`,
      async () => {
        const files = [{ kind: "read-only", source: folder, path: "/attack" }] as const;
        const held = await run([`/attack/${entry}`], { limits, policy: { files } });
        expect(held.verdict.reason).toBe(`it made the forbidden system call ${named}`);
        const off = await run([`/attack/${entry}`], { limits, policy: { files, syscalls: "off" } });
        expect(off.verdict).toMatchObject({ status: "failed", exitCode: 7 });
      },
    );
});

describe("a function", () => {
  let pool: Pool<typeof calls>;
  let unfiltered: Pool<typeof calls>;
  beforeAll(async () => {
    pool = await createPool<typeof calls>({ module, limits });
    unfiltered = await createPool<typeof calls>({ module, limits, policy: { syscalls: "off" } });
  });
  afterAll(async () => {
    await pool.close();
    await unfiltered.close();
  });

  const FUNCTION_ATTACKS: readonly (readonly [call: SyscallName, args: readonly number[], held: number])[] = [
    ["userfaultfd", [1], EPERM],
    ["fanotify_init", [0x200, 0], EPERM],
    ["personality", [0x40_0000], EPERM],
    // What commands may do and functions need not.
    ["ptrace", [0, 0, 0, 0], EPERM],
    ["shmget", [0, 4096, 0o1600], EPERM],
    ["seccomp", [2, 0, 0], EPERM],
    ["memfd_secret", [0], EPERM],
    ["socket", [16, 3, 15], EAFNOSUPPORT],
  ];
  for (const [call, args, held] of FUNCTION_ATTACKS)
    test(`that calls ${call}(${args.join(", ")}) is held by the filter`, async () => {
      const number = syscallNumber(call);
      const [filtered, open] = await Promise.all([
        pool.call("callByNumber", [number, args]),
        unfiltered.call("callByNumber", [number, args]),
      ]);
      expect(filtered).toBe(-held);
      expect(open).not.toBe(-held);
    });

  test("is ended by a fatal call, and the next one runs", async () => {
    const { verdict } = await pool.execute("callByNumber", [syscallNumber("init_module"), [0, 0, 0]]);
    expect(verdict).toMatchObject({ status: "violation", reason: "it made the forbidden system call init_module" });
    expect(await pool.call("callByNumber", [syscallNumber("getppid"), []])).toBe(1);
  });

  test.skipIf(!perl)(`cannot get more by what it starts${perl ? "" : " (there is no perl)"}`, async () => {
    const script = `syscall(${syscallNumber("ptrace")}, 0, 0, 0, 0); print $! + 0`;
    expect(await pool.call("outputOf", [["perl", "-e", script]])).toBe(`${EPERM}`);
    expect(await unfiltered.call("outputOf", [["perl", "-e", script]])).toBe("0");
  });
});

test.skipIf(process.getuid?.() === 0 || !perl)(
  "an unprivileged user's keys: a job reads them without the filter, and not with it (root's jobs have an id of their own; needs perl)",
  async () => {
    const secret = `hutch-test-${crypto.randomUUID()}`;
    const bytes = (text: string): Uint8Array => Buffer.from(`${text}\0`);
    const USER_KEYRING = -4;
    const [GET_KEYRING_ID, UNLINK] = [0, 9];
    const id = tryCall("add_key", bytes("user"), bytes(secret), bytes(secret), secret.length, USER_KEYRING);
    expect(id).toBeGreaterThan(0);
    try {
      const keyctl = syscallNumber("keyctl");
      // The keyring is its user's in whatever namespace. Once linked into the job's own, all that is in it can be read.
      const ring = tryCall("keyctl", GET_KEYRING_ID, USER_KEYRING, 0);
      const script = `$p = "\\0" x 256; syscall(${keyctl}, 8, ${ring}, -3); syscall(${keyctl}, 11, ${id}, $p, 256); print unpack("Z*", $p)`;
      const read = async (syscalls: "off" | "default"): Promise<string> =>
        (await run(["perl", "-e", script], { limits, policy: { syscalls } })).text();
      expect(await read("off")).toBe(secret);
      expect(await read("default")).toBe("");
    } finally {
      tryCall("keyctl", UNLINK, id, USER_KEYRING);
    }
  },
);

/** A static program for x86-64 that runs this code and exits with 7. */
function elf(code: readonly number[]): Uint8Array {
  const HEADERS = 120;
  const BASE = 0x40_0000n;
  // mov $231, %eax; mov $7, %edi; syscall
  const exit = [0xb8, 231, 0, 0, 0, 0xbf, 7, 0, 0, 0, 0x0f, 0x05];
  const bytes = new Uint8Array(HEADERS + code.length + exit.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 62, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BASE + BigInt(HEADERS), true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 1, true);
  view.setUint32(68, 5, true);
  view.setBigUint64(80, BASE, true);
  view.setBigUint64(88, BASE, true);
  view.setBigUint64(96, BigInt(bytes.length), true);
  view.setBigUint64(104, BigInt(bytes.length), true);
  view.setBigUint64(112, 4096n, true);
  bytes.set([...code, ...exit], HEADERS);
  return bytes;
}
