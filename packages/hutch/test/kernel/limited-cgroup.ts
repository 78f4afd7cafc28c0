// A cgroup of a test's own with a limit of memory, in which it starts programs.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./until.ts";

interface Kind {
  /** The folder that this process is in; null where there is none. */
  readonly parent: string | null;
  readonly limit: string;
  readonly used: string;
}

function kinds(): readonly Kind[] {
  const lines = readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
  const ownPath = (names: string): string | undefined =>
    lines.map((line) => line.split(":")).find(([, each]) => each === names)?.[2];
  const first = ownPath("memory");
  const second = ownPath("");
  return [
    {
      parent: first === undefined ? null : join("/sys/fs/cgroup/memory", first),
      limit: "memory.limit_in_bytes",
      used: "memory.usage_in_bytes",
    },
    {
      parent: second === undefined ? null : join("/sys/fs/cgroup", second),
      limit: "memory.max",
      used: "memory.current",
    },
  ];
}

export class LimitedCgroup implements AsyncDisposable {
  readonly folder: string;
  readonly #kind: Kind;
  readonly #limitBytes: number;

  private constructor(folder: string, kind: Kind, limitBytes: number) {
    this.folder = folder;
    this.#kind = kind;
    this.#limitBytes = limitBytes;
  }

  /** null where this process may make none. */
  static make(limitBytes: number): LimitedCgroup | null {
    for (const kind of kinds()) {
      if (kind.parent === null || !existsSync(kind.parent)) continue;
      const folder = join(kind.parent, `hutch-test-${process.pid}`);
      try {
        mkdirSync(folder);
      } catch {
        continue;
      }
      try {
        // Of version 2 it is there only where the folder above hands the controller out.
        if (!existsSync(join(folder, kind.limit)))
          writeFileSync(join(kind.parent, "cgroup.subtree_control"), "+memory");
        writeFileSync(join(folder, kind.limit), String(limitBytes));
        return new LimitedCgroup(folder, kind, limitBytes);
      } catch {
        rmdirSync(folder);
      }
    }
    return null;
  }

  /** What starts a program inside. */
  argv(argv: readonly string[]): string[] {
    return ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', this.folder, ...argv];
  }

  /** What the kernel could still give. */
  leftBytes(): number {
    const stat = readFileSync(join(this.folder, "memory.stat"), "utf8");
    const pages = ["inactive_file", "active_file"].map((name) =>
      Number(
        new RegExp(`^(?:total_)${name} (\\d+)$`, "m").exec(stat)?.[1] ??
          new RegExp(`^${name} (\\d+)$`, "m").exec(stat)?.[1] ??
          0,
      ),
    );
    const used = Number(readFileSync(join(this.folder, this.#kind.used), "utf8"));
    return this.#limitBytes - used + pages.reduce((sum, bytes) => sum + bytes, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What was in it has ended, and the kernel may still be at it.
    await until(() => {
      try {
        rmdirSync(this.folder);
        return true;
      } catch (error) {
        if ((error as { code: string }).code !== "EBUSY") throw error;
        return false;
      }
    });
  }
}
