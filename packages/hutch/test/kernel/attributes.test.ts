// A job is an ordinary process whatever its host is: a host that is as unusual as it can be starts one of each kind.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const HOST = join(import.meta.dir, "hosts/tells-attributes.ts");
/** User 0 means nothing, no capability is kept or becomes ambient, and all of that is locked. */
const LOCKED = 1 | 2 | 4 | 8 | 32 | 64 | 128;
const root = process.geteuid?.() === 0;
const unusual = root
  ? `(echo -900 > /proc/$$/oom_score_adj) 2>/dev/null; exec setarch -R ionice -c1 -n0 nice -n -6 "$@"`
  : `echo 300 > /proc/self/oom_score_adj; exec setarch -R nice -n 5 "$@"`;

interface Attributes {
  readonly status: ReadonlyMap<string, string>;
  readonly stat: readonly string[];
  readonly oomScore: string;
  readonly personality: string;
  /** Securebits, dumpable, capabilities kept over a change of ids. */
  readonly prctl: string;
}

function parseAttributes(text: string): Attributes {
  const lines = text.trimEnd().split("\n");
  const [stat = "", oomScore = "", personality = "", prctl = ""] = lines.slice(-4);
  const status = new Map(lines.slice(0, -4).map((line) => line.split(":\t") as [string, string]));
  return { status, stat: stat.split(" "), oomScore, personality, prctl };
}

describe("a job of an unusual host", async () => {
  const script = `umask 0; trap "" USR1 HUP; ${unusual}`;
  const argv = ["/bin/sh", "-c", script, "sh", process.execPath, "--conditions=hutch-source", HOST];
  const { stdout, stderr } = Bun.spawnSync(argv);
  expect(stderr.toString()).toBe("");
  const jobs = Object.entries(JSON.parse(stdout.toString()) as Record<string, string>);
  expect(jobs.map(([kind]) => kind)).toEqual([
    "command",
    "command through the runtime",
    "command of a pool, that waited",
    "function that waited (warm)",
    "command of a pool, on demand",
    "function on demand (warm)",
    "function (cold)",
  ]);

  test.each(jobs)("%s", (kind, text) => {
    const { status, stat, oomScore, personality, prctl } = parseAttributes(text);
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
      expect([set, status.get(set)]).toEqual([set, "0000000000000000"]);
    expect(status.get("NoNewPrivs")).toBe("1");
    expect(status.get("Umask")).toBe("0022");
    expect(status.get("SigBlk")).toBe("0000000000000000");
    expect(status.get("Groups")?.trim()).toMatch(root ? /^$/ : /^\d*/);
    // A warm job has its runtime's handlers, which ignore SIGPIPE and what Bun does not want to hear of.
    const ignored = BigInt(`0x${status.get("SigIgn")}`);
    expect(ignored & 0b10_0000_0001n).toBe(0n);
    if (!kind.startsWith("function")) expect(ignored).toBe(0n);
    expect({ nice: stat[18], realTime: stat[39], policy: stat[40] }).toEqual({
      nice: root ? "0" : "5",
      realTime: "0",
      policy: "0",
    });
    // No terminal, and a session that no process outside of the job leads.
    expect({ session: Number(stat[5]) > 0, terminal: stat[6] }).toEqual({ session: true, terminal: "0" });
    if (prctl !== "unasked") expect(prctl).toMatch(new RegExp(`^${LOCKED} [01] 0$`));
    expect({ oomScore, personality }).toEqual({ oomScore: "1000", personality: "00000000" });
  });
});
