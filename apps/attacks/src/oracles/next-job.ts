// O4: the next job, which harms nobody, comes the same way, ends well and finds nothing of the one before.
import { run } from "hutch";
import type { AttackedPool } from "../pools.ts";

const LIMITS = { cpuMs: 20_000, wallMs: 60_000 };
const LOOK = 'echo well; ls -A /tmp /dev/shm | grep -v : | grep .; pwd; echo "$0 $#"; id -u; umask';
const FRESH = "well\n/tmp\nsh 0\n1000\n0022\n";

export interface NextJob {
  /** How the attack came in. */
  readonly start: string;
  /** The one that was attacked. */
  readonly pool: AttackedPool | null;
  /** Its jobs have a file system of their own. */
  readonly isolated: boolean;
}

export async function tryNextJob({ start, pool, isolated }: NextJob): Promise<readonly string[]> {
  if (pool !== null && start === "warm") {
    const outcome = await pool.execute("well", [isolated]);
    const said = outcome.ok ? outcome.value.join("\n") : `${outcome.verdict.status}: ${outcome.verdict.reason}`;
    return said === "well" ? [] : [`O4: the next function of the worker said ${JSON.stringify(said)}`];
  }
  const argv = ["/bin/sh", "-c", LOOK, "sh"];
  const { text, verdict } = await (pool === null || !isolated ? run(argv, { limits: LIMITS }) : pool.run(argv));
  if (verdict.status === "ok" && text() === FRESH) return [];
  return [`O4: the next command ended as ${verdict.status} (${verdict.reason}) and said ${JSON.stringify(text())}`];
}
