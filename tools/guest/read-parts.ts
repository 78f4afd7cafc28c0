// Reads what a guest prints while it runs parts: of each that ends, what passed, failed and was skipped.

export interface PartResult {
  readonly part: string;
  /** Of a file its tests, of a scenario its trials. */
  readonly passed: number;
  readonly failed: readonly string[];
  /** Each with its reason in parentheses, where it gives one. */
  readonly skipped: readonly string[];
  /** Of this machine, since the part before it ended. */
  readonly seconds: number;
}

const PACKAGE = /^--- (\S+)$/;
const FILE = /^(test\/kernel\/\S+\.test\.ts):$/;
const TEST = /^\((pass|fail|skip)\) (.+?)(?: \[[\d.]+m?s\])?$/;
const BETWEEN_TESTS = /^# Unhandled error between tests/;
/** After the last file: long runs repeat what did not pass, every run has its counts. */
const AFTER_FILES = /^(?:\d+ tests? (?:skipped|failed|todo):|Ran \d+ tests? across \d+ files?\..*)$/;
const SCENARIO = /^scenario (\S+): (\{.*\})$/;
const MS_PER_SECOND = 1000;

interface Open {
  readonly part: string;
  readonly failed: string[];
  readonly skipped: string[];
  passed: number;
}

export class PartReader {
  #folder = "";
  #open: Open | null = null;
  #since: number;

  /** @param now in milliseconds, as in every call */
  constructor(now: number = performance.now()) {
    this.#since = now;
  }

  /** @returns the part that this line ends */
  read(line: string, now: number = performance.now()): PartResult | null {
    const scenario = SCENARIO.exec(line);
    if (scenario !== null) return this.#scenario(scenario[1] ?? "", scenario[2] ?? "", now);
    const folder = PACKAGE.exec(line)?.[1];
    if (folder !== undefined) {
      const cut = this.#close(now, "the run of its package ended before it did");
      this.#folder = folder;
      return cut;
    }
    const file = FILE.exec(line)?.[1];
    if (file !== undefined) {
      const ended = this.#close(now);
      this.#open = { part: `${this.#folder}/${file}`, passed: 0, failed: [], skipped: [] };
      return ended;
    }
    if (AFTER_FILES.test(line)) return this.#close(now);
    this.#count(line);
    return null;
  }

  /** The guest has said its last word: what is open now ended without a summary. */
  end(now: number = performance.now()): PartResult | null {
    return this.#close(now, "the run of its package ended before it did");
  }

  #count(line: string): void {
    const open = this.#open;
    if (open === null) return;
    if (BETWEEN_TESTS.test(line)) open.failed.push("an error between tests");
    const [, outcome, name = ""] = TEST.exec(line) ?? [];
    if (outcome === "pass") open.passed += 1;
    else if (outcome === "fail") open.failed.push(name);
    else if (outcome === "skip") open.skipped.push(name);
  }

  #close(now: number, cutOff?: string): PartResult | null {
    const open = this.#open;
    if (open === null) return null;
    this.#open = null;
    const { part, passed, failed, skipped } = open;
    return {
      part,
      passed,
      failed: cutOff === undefined ? failed : [...failed, cutOff],
      skipped,
      seconds: this.#lap(now),
    };
  }

  #scenario(name: string, json: string, now: number): PartResult {
    const { passed, failed, skipped } = JSON.parse(json);
    return { part: `attack/${name}`, passed, failed, skipped, seconds: this.#lap(now) };
  }

  #lap(now: number): number {
    const ms = now - this.#since;
    this.#since = now;
    return Math.round(ms / MS_PER_SECOND);
  }
}
