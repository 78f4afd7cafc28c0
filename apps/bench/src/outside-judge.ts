// CPU time of this process's jobs as the kernel keeps it for the cgroup above all of them. Nothing of Hutch is asked.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ownCgroups } from "./own-cgroups.ts";

/** What a job leaves to the kernel is charged to it for a moment longer than it lives. */
const SETTLE_MS = 20;

/** Of everything that has ever run in jobs of this process, also in those whose cgroup is gone. */
export class OutsideJudge {
  readonly #read: () => number;

  private constructor(read: () => number) {
    this.#read = read;
  }

  /** After the first job of this process. @throws Error where jobs of this user have no cgroups */
  static find(): OutsideJudge {
    const above = [...new Set(ownCgroups().flatMap((folder) => [folder, dirname(folder)]))];
    for (const folder of above) {
      const name = readdirSync(folder).find((entry) => entry.startsWith(`hutch-${process.pid}-`));
      if (name === undefined) continue;
      const nanos = join(folder, name, "cpuacct.usage");
      if (existsSync(nanos)) return new OutsideJudge(() => Number(readFileSync(nanos, "utf8")) / 1e6);
      const stat = join(folder, name, "cpu.stat");
      if (existsSync(stat)) return new OutsideJudge(() => readUsageMicros(stat) / 1000);
    }
    throw new Error("jobs of this user have no cgroups to be judged by; sandbox-cli doctor says why");
  }

  /** @returns milliseconds that the jobs of `work` used, and what it returned */
  async judge<T>(work: () => Promise<T>): Promise<{ readonly usedMs: number; readonly result: T }> {
    const before = this.#read();
    const result = await work();
    await Bun.sleep(SETTLE_MS);
    return { usedMs: this.#read() - before, result };
  }
}

function readUsageMicros(stat: string): number {
  return Number(/^usage_usec (\d+)$/m.exec(readFileSync(stat, "utf8"))?.[1] ?? Number.NaN);
}
