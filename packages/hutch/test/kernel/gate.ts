// What lets a job go on until its test has seen enough: no clock decides how long that is.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileEntry } from "../../src/index.ts";

const NAME = "closed";

/** For `whileThere()` of jobs/tasks.ts. A pool that has its files ends before it. */
export class Gate implements Disposable {
  readonly #folder: string = mkdtempSync(join(tmpdir(), "hutch-gate-"));
  /** On the host, and for what no root of its own keeps from it. */
  readonly hostPath: string = join(this.#folder, NAME);
  readonly files: readonly FileEntry[] = [{ kind: "read-only", source: this.#folder, path: "/gate" }];
  /** As the job sees it. */
  readonly path: string = `/gate/${NAME}`;

  constructor() {
    chmodSync(this.#folder, 0o755);
    writeFileSync(this.hostPath, "");
  }

  open(): void {
    rmSync(this.hostPath);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
