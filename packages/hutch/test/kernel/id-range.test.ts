// policy.ids = "range": root among 65,536 ids inside, and outside nobody's. As root by a namespace that was mapped beforehand, as
// anybody else by newuidmap, which a mount namespace of the test's own gives an entry in /etc/subuid.
import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leaseHostRange } from "../../src/host-ids.ts";
import { createPool, run } from "../../src/index.ts";

const HOST = join(import.meta.dir, "hosts/tells-range.ts");
const root = process.geteuid?.() === 0;
const TIME_LIMIT_MS = 120_000;
/** Enough for a machine that is emulated. */
const limits = { cpuMs: 60_000, wallMs: 120_000 };
const KEPT = "00000000000000fb";
const NONE = "0000000000000000";

const IDENTITY = `cat /proc/self/setgroups; cut -c1-32 /proc/self/uid_map | tr -s ' '
  grep -E 'Cap|Groups' /proc/self/status | tr -d ' \\t'`;
/** As package managers, useradd and servers do. */
const CHANGES = `touch /tmp/a && chown 33:44 /tmp/a && stat -c '%u %g' /tmp/a
  setpriv --reuid=33 --regid=44 --groups=5,6 sh -c 'id -u; id -g; id -G; grep -E "Cap(Prm|Eff)" /proc/self/status | tr -d "\\t"'`;
/** What root of the machine could, and this one must not. */
const BEYOND = [
  "unshare -U true",
  "mount -t tmpfs none /tmp",
  "mount -o remount,rw /",
  "mknod /tmp/d c 1 3",
  "hostname x",
  "nice -n -1 sh -c '[ $(nice) -lt 0 ]'",
  "echo 1 > /proc/sys/user/max_user_namespaces",
  "setpriv --reuid=70000 true",
  "chroot /usr true",
  "prlimit --pid 1 --nofile=5",
  "cat /proc/1/environ",
  "readlink /proc/1/fd/3",
  "head -c 1 /proc/1/mem",
  "cat /proc/1/maps | grep .",
  "touch /usr/x",
];
const TRY_BEYOND = `kill -9 1; ${BEYOND.map((command) => `(${command}) >/dev/null 2>&1 && echo "let: ${command.replaceAll(/["$]/g, "")}"`).join("\n")}\n echo over`;

interface Told {
  readonly text?: string;
  readonly errors?: string;
  readonly code?: string;
  readonly hints?: readonly string[];
}

async function inside(script: string): Promise<Told> {
  const result = await run(["/bin/sh", "-c", script], { limits, policy: { ids: "range" } });
  return { text: result.text(), errors: new TextDecoder().decode(result.stderr) };
}

const USER = 4242;
const why = ((): string => {
  if (!root) return " (needs root)";
  if (Bun.which("newuidmap") === null) return " (needs Debian's package uidmap)";
  const seat = ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"];
  return Bun.spawnSync([...seat, "test", "-r", HOST]).success ? "" : " (needs a tree that others may read)";
})();

/** As user 4242, who has these lines in /etc/subuid and /etc/subgid. */
function asUser(lines: string, script: string): Told {
  const folder = mkdtempSync(join(tmpdir(), "hutch-subids-"));
  try {
    const given = join(folder, "ids");
    const accounts = join(folder, "passwd");
    writeFileSync(given, lines, { mode: 0o644 });
    // First, in case that user has another name here.
    writeFileSync(accounts, `tester:x:${USER}:${USER}::/tmp:/bin/sh\n${readFileSync("/etc/passwd", "utf8")}`);
    const shell = `for file in /etc/subuid /etc/subgid; do mount --bind ${given} $file; done; mount --bind ${accounts} /etc/passwd
      exec setpriv --reuid=${USER} --regid=${USER} --clear-groups --inh-caps=-all "$@"`;
    const host = [process.execPath, "--conditions=hutch-source", HOST, script];
    const { stdout, stderr } = Bun.spawnSync(["unshare", "-m", "sh", "-ec", shell, "sh", ...host]);
    expect(stderr.toString()).toBe("");
    return JSON.parse(stdout.toString()) as Told;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const LINES = `tester:1879113728:65536\n`;
const SEATS: readonly (readonly [name: string, skip: string, tell: (script: string) => Promise<Told>, map: RegExp])[] =
  [
    ["root", root ? "" : " (needs root)", inside, /^allow\n 0 2\d{9} 65536\n/],
    ["a user", why, async (script) => asUser(LINES, script), /^allow\n 0 4242 1\n 1 1879113728 65535\n/],
  ];

describe.each(SEATS)("a range of ids, launched by %s", (_, skip, tell, map) => {
  const only = test.skipIf(skip !== "");
  only(
    `is root among them and has what that needs${skip}`,
    async () => {
      const { text = "" } = await tell(IDENTITY);
      expect(text).toMatch(map);
      expect(text).toContain(
        `Groups:\nCapInh:${NONE}\nCapPrm:${KEPT}\nCapEff:${KEPT}\nCapBnd:${KEPT}\nCapAmb:${NONE}\n`,
      );
    },
    TIME_LIMIT_MS,
  );
  only(
    `owns files and changes to other ids, for good${skip}`,
    async () => {
      const { text, errors } = await tell(CHANGES);
      expect([text, errors]).toEqual([`33 44\n33\n44\n44 5 6\nCapPrm:${NONE}\nCapEff:${NONE}\n`, ""]);
    },
    TIME_LIMIT_MS,
  );
  only(
    `has no more rights than that${skip}`,
    async () => {
      expect((await tell(TRY_BEYOND)).text).toBe("over\n");
    },
    TIME_LIMIT_MS,
  );
});

describe("a range of ids", () => {
  test.skipIf(!root)("is another one for each command", () => {
    using stack = new DisposableStack();
    const firsts = Array.from({ length: 50 }, () => stack.use(leaseHostRange()).ids.uid);
    expect(new Set(firsts).size).toBe(50);
    expect(firsts.every((first) => first % 65_536 === 0 && first >= 0x7800_0000 && first < 0x7ffe_0000)).toBe(true);
  });

  test.skipIf(!root)("keeps off what users were given, as single ids do", () => {
    // All but the last quarter of each area.
    const given = "ada:1879048192:100663296\nbob:2013265920:100663296\n";
    const script = 'mount --bind $1 /etc/subuid; shift; exec "$@"';
    const file = join(mkdtempSync(join(tmpdir(), "hutch-subids-")), "subuid");
    writeFileSync(file, given);
    const host = [process.execPath, "--conditions=hutch-source", join(import.meta.dir, "hosts/tells-leases.ts")];
    const { stdout, stderr } = Bun.spawnSync(["unshare", "-m", "sh", "-ec", script, "sh", file, ...host]);
    rmSync(join(file, ".."), { recursive: true });
    expect(stderr.toString()).toBe("");
    const { ones, ranges } = JSON.parse(stdout.toString()) as Record<"ones" | "ranges", number[]>;
    expect(Math.min(...ones)).toBeGreaterThanOrEqual(0x7600_0000);
    expect(Math.min(...ranges)).toBeGreaterThanOrEqual(0x7e00_0000);
    expect(new Set(ranges).size).toBe(50);
  });

  test.skipIf(why !== "")(
    `is refused where nobody gave one, with what to do${why}`,
    () => {
      const { code, hints } = asUser("other:100000:65536\ntester:900000:1000\n", "true");
      expect(code).toBe("SANDBOX_REFUSED");
      expect(hints).toEqual(["usermod --add-subuids 100000-165535 --add-subgids 100000-165535 tester"]);
    },
    TIME_LIMIT_MS,
  );

  test("is for commands of run() with namespaces", async () => {
    expect(() => run(["true"], { policy: { ids: "range", backend: "posix-fork" } })).toThrow(
      'Cannot use policy.ids with the backend "posix-fork"',
    );
    const pool = Promise.try(() => createPool({ policy: { ids: "range" } }));
    expect(pool).rejects.toThrow('Cannot use policy.ids = "range": jobs of a pool have one user; use run()');
    await pool.catch(() => null);
  });
});
