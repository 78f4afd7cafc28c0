// Programs of the bench that are written in C, compiled when they are needed where a compiler is there.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const HOW_TO_GET_ONE =
  "there is no C compiler in PATH; Debian and Ubuntu: apt-get install gcc libc6-dev linux-libc-dev";

export interface Compiled extends Disposable {
  /** The program; everybody may run it. */
  readonly path: string;
}

/** @throws Error where there is no compiler, or with what it said */
export function compile(source: URL | string, flags: readonly string[] = []): Compiled {
  const compiler = ["cc", "gcc", "clang"].find((name) => Bun.which(name) !== null);
  if (compiler === undefined) throw new Error(HOW_TO_GET_ONE);
  const folder = mkdtempSync(join(tmpdir(), "hutch-bench-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const path = join(folder, basename(fileURLToPath(source), ".c"));
  const { exitCode, stderr } = Bun.spawnSync([compiler, "-O2", ...flags, "-o", path, fileURLToPath(source)]);
  if (exitCode === 0) {
    // A job runs as somebody else.
    chmodSync(folder, 0o755);
    return { path, [Symbol.dispose]: remove };
  }
  remove();
  throw new Error(`${compiler} cannot compile ${basename(path)}.c: ${stderr.toString().trim().slice(0, 300)}`);
}
