// What of the policy's files and of the host a job sees, and what it can do to the tree that it is in.
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileEntry, LaunchPlan, Policy, Step } from "@hutch/core";
import { parsePolicy } from "@hutch/core";
import { readHostLayout } from "../../src/read-host-layout.ts";
import { PRIVILEGED, sandbox, sh } from "../sandbox.ts";
import { describeInSandbox, testIf } from "./need-sandbox.ts";

let folder = "";
const source = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
  chmodSync(folder, 0o777);
  for (const name of ["data", "data/sub", "work", "work/a", "work/a/inner"]) {
    mkdirSync(source(name));
    chmodSync(source(name), 0o777);
  }
  writeFileSync(source("data/file"), "from the host");
  writeFileSync(source("data/sub/deep"), "deep");
  for (const name of ["data/file", "data/sub/deep"]) chmodSync(source(name), 0o666);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const out = (script: string, policy: Partial<Policy> = {}): string => {
  const { stdout, stderr, exit } = sh(script, { policy });
  if (exit?.kind !== "exited") throw new Error(`${JSON.stringify(exit)} ${stderr}`);
  return stdout;
};
const refusal = (policy: Partial<Policy>, change?: (plan: LaunchPlan) => LaunchPlan): string => {
  const { exit } = sh("true", { policy, ...(change === undefined ? {} : { change }) });
  return exit?.kind === "setup-failed" ? `${exit.step}: ${exit.code}` : JSON.stringify(exit);
};
const without =
  (match: (step: Step) => boolean) =>
  (plan: LaunchPlan): LaunchPlan => ({ ...plan, outer: plan.outer.filter((step) => !match(step)) });

describeInSandbox("nothing of the host is there that the policy does not name", () => {
  const files: readonly FileEntry[] = [
    { kind: "read-only", source: "", path: "/in/data" },
    { kind: "tmpfs", path: "/scratch" },
    { kind: "symlink", path: "/link", target: "/in/data" },
    { kind: "content", path: "/etc/conf", content: "text" },
  ];
  const policy = (): Partial<Policy> => ({
    files: files.map((entry) => (entry.kind === "read-only" ? { ...entry, source: source("data") } : entry)),
  });
  const layout = readHostLayout(parsePolicy());

  test("the whole tree, name by name", () => {
    const shown = layout.system.filter((entry) => entry.kind === "folder").map(({ path }) => path);
    const prune = [...shown, "/proc"].map((path) => `-path ${path}`).join(" -o ");
    const seen = out(`find / \\( ${prune} \\) -prune -print -o -print`, policy()).trimEnd().split("\n").sort();
    const own = ["/", "/etc", "/dev", "/proc", "/tmp", "/dev/shm", "/in", "/scratch", "/link", "/etc/conf"];
    const accounts = ["passwd", "group", "hosts", "nsswitch.conf"].map((name) => `/etc/${name}`);
    const devices = ["null", "zero", "full", "random", "urandom", "fd", "stdin", "stdout", "stderr"];
    const data = ["/in/data", "/in/data/file", "/in/data/sub", "/in/data/sub/deep"];
    const expected = [...layout.system.map(({ path }) => path), ...own, ...accounts, ...data];
    expect(seen).toEqual([...expected, ...devices.map((name) => `/dev/${name}`)].sort());
    for (const path of shown.filter((folder) => folder !== "/usr"))
      expect(out(`ls -A ${path}`).trimEnd().split("\n").sort()).toEqual(readdirSync(path).sort());
  });

  test("every mount has the flags that the policy gives it, and keeps to them", () => {
    const folders = layout.system.filter((entry) => entry.kind !== "symlink").map(({ path }) => path);
    const devices = ["null", "zero", "full", "random", "urandom"].map((name) => `/dev/${name}`);
    const writable = ["/tmp", "/dev/shm", "/scratch"];
    const masked = ["keys", "interrupts", "cmdline"].map((name) => `/proc/${name}`);
    const mounts = new Map(
      out("cat /proc/self/mountinfo", policy())
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" "))
        .map(([, , , , path = "", options = ""]) => [path, options.split(",")] as const),
    );
    const expected = ["/", "/proc", "/in/data", ...folders, ...devices, ...writable];
    const found = [...mounts.keys()].filter((path) => !masked.includes(path));
    expect(found.sort()).toEqual(expected.sort());
    for (const [path, options] of mounts) {
      if (!devices.includes(path) && !masked.includes(path)) expect(options).toContain("nodev");
      if (["/", "/in/data", ...folders].includes(path)) expect(options).toContain("ro");
      if (!devices.includes(path) && !masked.includes(path)) expect(options).toContain("nosuid");
    }
    const tried = out(
      `for p in ${[...mounts.keys()].join(" ")}; do touch $p/x 2>/dev/null && echo $p; done; true`,
      policy(),
    );
    expect(tried.trimEnd().split("\n").sort()).toEqual(writable.sort());
  });

  test("files of /proc that tell about the machine are empty, and nothing there can be written", () => {
    expect(out("cat /proc/keys /proc/interrupts /proc/cmdline 2>/dev/null")).toBe("");
    const open = without(({ name }) => name === "mask file");
    expect(sh("cat /proc/cmdline", { change: open }).stdout).not.toBe("");
    expect(sh("cat /proc/interrupts", { change: open }).stdout).not.toBe("");
    const denied =
      "kcore kpagecount timer_list sysrq-trigger sys/kernel/core_pattern sys/vm/overcommit_memory sys/user/max_user_namespaces self/oom_score_adj self/comm self/timens_offsets";
    expect(out(`for f in ${denied}; do { echo 1 > /proc/$f; } 2>/dev/null && echo wrote $f; done; true`)).toBe("");
    expect(out("for f in kcore kpagecount timer_list; do head -c 1 /proc/$f 2>/dev/null; done | wc -c").trim()).toBe(
      "0",
    );
  });
});

describeInSandbox("overlay", () => {
  const files = (): FileEntry[] => [{ kind: "overlay", source: source("data"), path: "/work" }];

  test("shows the source, takes changes, and the host keeps what it had", () => {
    const script =
      "cat /work/file; echo changed > /work/file && cat /work/file; echo new > /work/new && rm /work/sub/deep && ls /work /work/sub; rm -r /work/sub && mkdir /work/sub && ls /work/sub";
    expect(out(script, { files: files() })).toBe("from the hostchanged\n/work:\nfile\nnew\nsub\n\n/work/sub:\n");
    expect(readFileSync(source("data/file"), "utf8")).toBe("from the host");
    expect(readdirSync(source("data")).sort()).toEqual(["file", "sub"]);
    expect(readdirSync(source("data/sub"))).toEqual(["deep"]);
  });

  test("is bounded, and starts anew for the next job", () => {
    const small: FileEntry[] = [{ kind: "overlay", source: source("data"), path: "/work", sizeBytes: 2 ** 20 }];
    const full = sh("head -c 3000000 /dev/zero > /work/big; echo $?", { policy: { files: small } });
    expect(full.stderr).toContain("No space left");
    expect(out("ls /work", { files: small })).toBe("file\nsub\n");
  });

  test("leaves no way to its layers, and none of its marks can be made", () => {
    const script =
      "ls -a /work/..; cat /proc/self/mountinfo | grep -c '/lower '; mknod /work/file2 c 0 0 2>/dev/null && echo node; umount /work 2>/dev/null && echo unmounted; true";
    const seen = out(script, { files: files() });
    expect(seen).not.toContain("upper");
    expect(seen).not.toContain("node");
    expect(seen).not.toContain("unmounted");
    expect(seen).toContain("\n0\n");
  });

  test("of a file is refused before anything runs", () => {
    const wrong: FileEntry[] = [{ kind: "overlay", source: source("data/file"), path: "/work" }];
    expect(() => sh("true", { policy: { files: wrong } })).toThrow("only a folder can be laid over");
  });
});

describeInSandbox("tmpfs", () => {
  test("as many files as the policy says, and no program where it says so", () => {
    const files: FileEntry[] = [
      { kind: "tmpfs", path: "/few", sizeBytes: 2 ** 20, inodes: 10 },
      { kind: "tmpfs", path: "/tmp", noexec: true },
    ];
    const many = "i=0; while [ $i -lt 50 ]; do { : > /few/f$i; } 2>/dev/null || break; i=$((i+1)); done; echo $i";
    expect(Number(out(many, { files }))).toBeLessThan(10);
    const run =
      "cp /bin/true /tmp/true && { /tmp/true && echo ran; }; /lib64/ld-linux-x86-64.so.2 /tmp/true && echo loaded; true";
    expect(out(run, { files })).toBe("");
    expect(out(run)).toContain("ran");
    expect(out("grep -c ' /tmp ' /proc/self/mountinfo", { files })).toBe("1\n");
    expect(() => sh("true", { policy: { files: [{ kind: "tmpfs", path: "/few", inodes: 10 }] } })).toThrow("sizeBytes");
  });
});

describeInSandbox("policy.root", () => {
  test("shows a root file system in place of the system's folders", () => {
    const root = mkdtempSync(join(folder, "root-"));
    chmodSync(root, 0o755);
    const sh = (...argv: string[]): unknown => Bun.spawnSync(argv, { cwd: root });
    const loader = [...new Set(Bun.spawnSync(["ldd", "/bin/sh"]).stdout.toString().match(/\/\S+/g) ?? [])];
    for (const file of ["/bin/sh", "/bin/cat", "/bin/ls", ...loader]) {
      mkdirSync(join(root, file, ".."), { recursive: true });
      sh("cp", "-L", file, join(root, file));
    }
    const cat = [...new Set(Bun.spawnSync(["ldd", "/bin/ls"]).stdout.toString().match(/\/\S+/g) ?? [])];
    for (const file of cat) {
      mkdirSync(join(root, file, ".."), { recursive: true });
      sh("cp", "-L", file, join(root, file));
    }
    mkdirSync(join(root, "etc"));
    mkdirSync(join(root, "proc"));
    mkdirSync(join(root, "tmp"));
    writeFileSync(join(root, "etc/passwd"), "of the root\n");
    writeFileSync(join(root, "tmp/old"), "not shown");
    symlinkSync("etc/passwd", join(root, "link"));
    const seen = out("cat /etc/passwd /link; ls /tmp; ls /proc/self/status; ls /usr 2>/dev/null; echo x > /etc/new", {
      root,
    });
    expect(seen).toBe("of the root\nof the root\n/proc/self/status\n");
    expect(existsSync(join(root, "etc/new"))).toBe(false);
  });
});

describeInSandbox("terminals", () => {
  testIf(Bun.which("script") !== null, "it needs script(1)")("a program can make one where the policy says so", () => {
    const script = "script -qec 'tty; stty size >/dev/null && echo sized' /dev/null </dev/null";
    expect(out(script, { terminal: true })).toContain("/dev/pts/0");
    expect(out(script, { terminal: true })).toContain("sized");
    expect(sh(script).stdout).not.toContain("/dev/pts/0");
    expect(out("ls -A /dev/pts", { terminal: true })).toBe("ptmx\n");
  });

  testIf(Bun.which("python3") !== null, "it needs python3")("but not all of the machine's", () => {
    const program = "import os\nn=0\ntry:\n  while n<300:\n    os.openpty(); n+=1\nexcept OSError: pass\nprint(n)";
    const { stdout } = sandbox(["python3", "-c", program], { policy: { terminal: true }, limits: { openFiles: 1024 } });
    expect(Number(stdout)).toBe(64);
  });
});

describeInSandbox("a mount below a folder that the job can write", () => {
  const files = (): FileEntry[] => [
    { kind: "read-write", source: source("work"), path: "/work" },
    { kind: "tmpfs", path: "/work/a/inner" },
  ];
  const pins = without((step) => step.detail === "/work/a" && step.name === "bind mount");

  test("stays where it is: the folders on the way can be neither renamed nor removed", () => {
    const script =
      "mv /work/a /work/b 2>/dev/null && echo moved && mkdir -p /work/a/inner && echo leaked > /work/a/inner/file; true";
    const also =
      "mv /work/a/inner /work/a/other 2>/dev/null && echo moved; rmdir /work/a/inner /work/a 2>/dev/null; true";
    expect(out(also, { files: files() })).toBe("");
    expect(out(script, { files: files() })).toBe("");
    expect(readdirSync(source("work/a"))).toEqual(["inner"]);
    // Without the pins the job carries the tmpfs away, and what it then writes at that path is on the host.
    expect(sh(script, { policy: { files: files() }, change: pins }).stdout).toContain("moved");
    expect(readFileSync(source("work/a/inner/file"), "utf8")).toBe("leaked\n");
    rmSync(source("work/b"), { recursive: true });
    rmSync(source("work/a/inner/file"));
    chmodSync(source("work/a"), 0o777);
  });

  test("is not made behind a link that an earlier job left on the way", () => {
    renameSync(source("work/a"), source("work/kept"));
    symlinkSync("/usr", source("work/a"));
    try {
      expect(refusal({ files: files() })).toMatch(/^open mount point \/work\/a .*: (ELOOP|ENOTDIR)$/);
      const shared: FileEntry[] = [
        { kind: "read-write", source: source("work"), path: "/work" },
        { kind: "read-only", source: source("data"), path: "/work/a" },
      ];
      expect(refusal({ files: shared })).toMatch(/^open mount point \/work\/a .*: (ELOOP|ENOTDIR)$/);
    } finally {
      rmSync(source("work/a"));
      renameSync(source("work/kept"), source("work/a"));
    }
  });

  test("works for folders and files of the host, made where they are missing", () => {
    const shared: FileEntry[] = [
      { kind: "read-write", source: source("work"), path: "/work" },
      { kind: "read-only", source: source("data"), path: "/work/x/y" },
      { kind: "read-only", source: source("data/file"), path: "/work/x/file" },
    ];
    expect(
      out(
        "cat /work/x/y/file /work/x/file; touch /work/x/file 2>/dev/null || echo ' read-only'; echo 1 > /work/x/z && echo wrote",
        { files: shared },
      ),
    ).toMatch(
      PRIVILEGED ? /^from the hostfrom the host read-only\n/ : /^from the hostfrom the host read-only\nwrote\n$/,
    );
  });
});

describeInSandbox("a file that a shown folder has and the job may not see", () => {
  test("is hidden by /dev/null in its place, and nobody takes that away", () => {
    for (const kind of ["read-only", "read-write"] as const) {
      const files: FileEntry[] = [
        { kind, source: source("data"), path: "/data" },
        { kind: "read-only", source: "/dev/null", path: "/data/file" },
      ];
      const script =
        "cat /data/file; rm -f /data/file; mv /data/file /data/other; echo x > /data/file; cat /data/sub/deep";
      expect(out(`{ ${script}; } 2>/dev/null`, { files })).toBe("deep");
    }
    expect(readFileSync(source("data/file"), "utf8")).toBe("from the host");
  });
});

describeInSandbox("a source that changes after it was checked", () => {
  const files = (): FileEntry[] => [{ kind: "read-only", source: source("swap"), path: "/data" }];
  const swapped = (put: () => void): string => {
    rmSync(source("swap"), { recursive: true, force: true });
    mkdirSync(source("swap"));
    return refusal({ files: files() }, (plan) => {
      renameSync(source("swap"), source("was"));
      put();
      return plan;
    });
  };

  test("is refused: another folder, a link, nothing", () => {
    try {
      expect(swapped(() => mkdirSync(source("swap")))).toMatch(/^compare source .*: EAGAIN$/);
      rmSync(source("was"), { recursive: true });
      expect(swapped(() => symlinkSync("/etc", source("swap")))).toMatch(/^open source .*: ELOOP$/);
      rmSync(source("swap"));
      rmSync(source("was"), { recursive: true });
      expect(swapped(() => {})).toMatch(/^open source .*: ENOENT$/);
    } finally {
      rmSync(source("was"), { recursive: true, force: true });
      rmSync(source("swap"), { recursive: true, force: true });
    }
    expect(lstatSync(folder).isDirectory()).toBe(true);
  });

  test("would be shown without the comparison", () => {
    mkdirSync(source("swap"));
    const change = (plan: LaunchPlan): LaunchPlan => {
      renameSync(source("swap"), source("was"));
      mkdirSync(source("swap"));
      return without(({ name }) => name === "compare source")(plan);
    };
    expect(refusal({ files: files() }, change)).toBe('{"kind":"exited","code":0}');
    rmSync(source("was"), { recursive: true });
    rmSync(source("swap"), { recursive: true });
  });
});
