// Results that outlive a run: one file of lines for each kernel and seat, so that what was cut short goes on where it was.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PartResult } from "./read-parts.ts";

const ENDING = ".jsonl";

/** Of one kernel and seat, a result of each part: the newest. */
export type SeatResults = ReadonlyMap<string, PartResult>;

export class KeptResults {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** @param place KERNEL-SEAT */
  add(place: string, result: PartResult): void {
    appendFileSync(join(this.#folder, `${place}${ENDING}`), `${JSON.stringify(result)}\n`);
  }

  log(place: string, line: string): void {
    appendFileSync(join(this.#folder, `${place}.log`), `${line}\n`);
  }

  of(place: string): SeatResults {
    const path = join(this.#folder, `${place}${ENDING}`);
    if (!existsSync(path)) return new Map();
    const lines = readFileSync(path, "utf8").trim().split("\n");
    return new Map(lines.map((line): PartResult => JSON.parse(line)).map((result) => [result.part, result]));
  }

  places(): readonly string[] {
    const names = readdirSync(this.#folder).filter((name) => name.endsWith(ENDING));
    return names.map((name) => name.slice(0, -ENDING.length)).toSorted();
  }
}
