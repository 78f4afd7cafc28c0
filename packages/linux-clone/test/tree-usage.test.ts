import { describe, expect, test } from "bun:test";
import { syscallNumber } from "@hutch/syscall";
import { childrenOf, parseChildrenCpuMs, parsePeakBytes, parseRssBytes, treeUsage } from "../src/tree-usage.ts";

describe("parseChildrenCpuMs", () => {
  test("adds the time of waited-for children, whatever the process is called", () => {
    expect(parseChildrenCpuMs("12 (a) S ) (b) R 1 12 12 0 -1 4194304 100 0 0 0 7 3 2 1 20 0 1 0 5 6 7")).toBe(30);
    expect(parseChildrenCpuMs("")).toBe(0);
  });
});

describe("parseRssBytes", () => {
  test("counts memory that was written and shared memory, not pages of files", () => {
    expect(parseRssBytes("Name:\tx\nVmRSS:\t 900 kB\nRssAnon:\t 100 kB\nRssFile:\t 700 kB\nRssShmem:\t 20 kB\n")).toBe(
      120 * 1024,
    );
    const beside = "VmPTE:\t 3 kB\nVmSwap:\t 50 kB\nHugetlbPages:\t 2048 kB\n";
    expect(parseRssBytes(`RssAnon:\t 100 kB\nRssShmem:\t 20 kB\n${beside}`)).toBe(2221 * 1024);
    expect(parseRssBytes("State:\tZ (zombie)\n")).toBe(0);
  });
});

describe("parsePeakBytes", () => {
  test("is the high-water mark without pages of files, and never less than what is in use", () => {
    const status = "VmHWM:\t 900 kB\nRssAnon:\t 100 kB\nRssFile:\t 500 kB\nRssShmem:\t 20 kB\n";
    expect(parsePeakBytes(status)).toBe(400 * 1024);
    expect(parsePeakBytes(status.replace("900", "510"))).toBe(120 * 1024);
    expect(parsePeakBytes("State:\tZ (zombie)\n")).toBe(0);
  });
});

describe("treeUsage", () => {
  test("sees this process, and nothing of one that does not exist", () => {
    expect(treeUsage(process.pid).rssBytes).toBeGreaterThan(1e6);
    expect(treeUsage(process.pid).cpuMs).toBeGreaterThan(0);
    expect(treeUsage(0x3fffffff)).toEqual({ cpuMs: 0, rssBytes: 0, largestPeakBytes: 0, processes: 0 });
  });
});

/** Says when it has what it wants, and keeps it until its stdin closes. */
const PYTHON = `
import ctypes, mmap, os, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
MiB = 1 << 20
def hold():
    os.write(1, b"ready")
    sys.stdin.read()
    os._exit(0)
def write(bytes):
    held = mmap.mmap(-1, bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for at in range(0, bytes, 4096): held[at] = 1
    return held
`;
const WAYS: readonly (readonly [title: string, script: string])[] = [
  [
    "that a thread holds whose first one ended",
    `def go():\n    held = write(96 * MiB)\n    while open(f"/proc/{os.getpid()}/stat").read().rsplit(")")[1].split()[0] != "Z": pass\n    hold()\nthreading.Thread(target=go).start()\nlibc.syscall(${syscallNumber("exit")}, 0)`,
  ],
  [
    "that is tables of pages which nobody wrote to",
    "held = mmap.mmap(-1, 48 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=mmap.PROT_READ)\nheld.madvise(15)\nfor at in range(0, 48 << 30, 2 * MiB): held[at]\nhold()",
  ],
];
const python = Bun.which("python3") !== null;

describe("treeUsage sees memory", () => {
  for (const [title, script] of WAYS)
    test.skipIf(!python)(`${title}${python ? "" : " (needs python3)"}`, async () => {
      const job = Bun.spawn(["python3", "-c", `${PYTHON}${script}`], { stdin: "pipe", stdout: "pipe" });
      try {
        const said = await job.stdout.getReader().read();
        expect(new TextDecoder().decode(said.value)).toBe("ready");
        expect(treeUsage(job.pid).rssBytes).toBeGreaterThan(90 * 2 ** 20);
      } finally {
        job.stdin.end();
        job.kill("SIGKILL");
        await job.exited;
      }
    });

  test.skipIf(!python)(
    `once, where a child has that of its parent and no copy, as after vfork${python ? "" : " (needs python3)"}`,
    async () => {
      // CLONE_VM and CLONE_VFORK by the C library's own vfork(): the child waits, and with it the parent.
      const script = `held = write(64 * MiB)
libc.vfork.restype = ctypes.c_int
child = libc.vfork() if sys.argv[1] == "vfork" else libc.fork()
if child == 0:
    os.write(1, b"ready")
    libc.pause()
libc.pause()`;
      const seen = async (how: string): Promise<number> => {
        const job = Bun.spawn(["python3", "-c", `${PYTHON}${script}`, how], { stdout: "pipe" });
        try {
          const said = await job.stdout.getReader().read();
          expect(new TextDecoder().decode(said.value)).toBe("ready");
          const { rssBytes, processes } = treeUsage(job.pid);
          expect(processes).toBe(2);
          return rssBytes / 2 ** 20;
        } finally {
          for (const child of childrenOf(job.pid)) process.kill(child, "SIGKILL");
          job.kill("SIGKILL");
          await job.exited;
        }
      };
      expect(await seen("vfork")).toBeWithin(64, 100);
      expect(await seen("fork")).toBeGreaterThan(128);
    },
  );
});
