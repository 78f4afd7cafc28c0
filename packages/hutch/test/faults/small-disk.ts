// A disk of the test's own that can be filled: a tmpfs in the mount namespace of a process that does nothing else.
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Of memory: a tmpfs has room for whole ones. */
const PIECE_BYTES = 4096;
const SCRIPT = 'mount -t tmpfs -o size="$2",mode=700 none "$1" && echo mounted && exec cat';

export class SmallDisk implements AsyncDisposable {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #mountPoint: string;
  /** Leads into the namespace. */
  readonly folder: string;

  private constructor(child: Bun.Subprocess<"pipe", "pipe", "inherit">, mountPoint: string) {
    this.#child = child;
    this.#mountPoint = mountPoint;
    this.folder = `/proc/${child.pid}/root${mountPoint}`;
  }

  static async make(size: string): Promise<SmallDisk> {
    const mountPoint = mkdtempSync(join(tmpdir(), "hutch-disk-"));
    const argv = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", SCRIPT, "sh", mountPoint, size];
    const child = Bun.spawn(argv, { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
    const { value } = await child.stdout.getReader().read();
    if (new TextDecoder().decode(value) !== "mounted\n") throw new Error("there is no disk to fill");
    return new SmallDisk(child, mountPoint);
  }

  /** @returns empties it again */
  fill(): () => void {
    const path = join(this.folder, "filler");
    const remove = (): void => rmSync(path, { force: true });
    try {
      for (const piece = new Uint8Array(PIECE_BYTES); ; ) writeFileSync(path, piece, { flag: "a" });
    } catch (error) {
      if ((error as { code: string }).code === "ENOSPC") return remove;
      remove();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    await this.#child.exited;
    rmdirSync(this.#mountPoint);
  }
}
