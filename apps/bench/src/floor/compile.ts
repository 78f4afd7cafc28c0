// Programs of the bench that are written in C, compiled when they are needed where a compiler is there.
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../temporary-folder.ts";

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
  using undo = new DisposableStack();
  const folder = undo.use(temporaryFolder());
  const path = join(folder.path, basename(fileURLToPath(source), ".c"));
  const { exitCode, stderr } = Bun.spawnSync([compiler, "-O2", ...flags, "-o", path, fileURLToPath(source)]);
  if (exitCode !== 0)
    throw new Error(`${compiler} cannot compile ${basename(path)}.c: ${stderr.toString().trim().slice(0, 300)}`);
  const owned = undo.move();
  return { path, [Symbol.dispose]: () => owned.dispose() };
}
