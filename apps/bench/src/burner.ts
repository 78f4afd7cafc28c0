// The program that uses a known amount of CPU time, shown to jobs as /burn.
import { type Limits, type RunResult, run } from "hutch";
import { compile } from "./floor/compile.ts";

const INSIDE = "/burn";

/** What burn.c calls it, and what it is. */
export const SHAPES = {
  one: "one process",
  threads: "four threads",
  reaped: "four children, reaped",
  unreaped: "four children, never reaped",
  orphan: "an orphan: forked twice",
  bursts: "twenty bursts of 5 ms",
  large: "128 MiB to take back at its end",
} as const;
export type Shape = keyof typeof SHAPES;

export class Burner implements Disposable {
  readonly #program: Disposable & { readonly path: string };

  private constructor(program: Disposable & { readonly path: string }) {
    this.#program = program;
  }

  /** @throws Error where there is no compiler */
  static compile(): Burner {
    return new Burner(compile(import.meta.resolve("./programs/burn.c"), ["-pthread", "-static"]));
  }

  /** @param ms of CPU time */
  async burn(shape: Shape, ms: number, limits: Partial<Limits> = {}): Promise<RunResult> {
    return await run([INSIDE, shape, String(ms)], {
      limits,
      policy: { files: [{ kind: "read-only", source: this.#program.path, path: INSIDE }] },
    });
  }

  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
  }
}
