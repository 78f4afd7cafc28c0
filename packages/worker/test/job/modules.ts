// User modules of a test, in a folder that goes away with it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export class Modules implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "hutch-job-"));

  /** The path of a new file with this text. */
  add(name: string, text: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
