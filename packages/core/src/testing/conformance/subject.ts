// What the conformance suite asks of whoever is tested, and what its cases are made of. Pure: no case does anything by itself.
import type { Limits } from "../../limits.ts";
import type { Report } from "../../report.ts";
import type { Verdict } from "../../verdict.ts";

/** A job's end as its caller sees it. */
export interface Ended {
  readonly verdict: Verdict;
  readonly report: Report;
  readonly stdout: string;
  /** Of a function that returned one; undefined otherwise. */
  readonly value?: unknown;
  /** What a function threw; undefined otherwise. */
  readonly error?: unknown;
}

/** Whoever runs jobs by the backend that is tested. It may run any number at once. */
export interface Subject {
  /** A command, looked up in the job's PATH; a POSIX shell and its usual tools are there. */
  run(
    argv: readonly string[],
    options?: { readonly limits?: Partial<Limits>; readonly stdin?: string },
  ): Promise<Ended>;
  /** An export of CONFORMANCE_MODULE. */
  call(name: string, args?: readonly unknown[], options?: { readonly limits?: Partial<Limits> }): Promise<Ended>;
}

/** What only some backends promise. */
export type Promised =
  /** Namespaces and a root of the job's own. */
  | "isolation"
  /** Memory, processes and CPU time counted for the whole job, whatever its processes do. */
  | "cgroup";

export interface ConformanceCase {
  readonly name: string;
  /** Left out where the subject does not promise all of these. */
  readonly needs?: readonly Promised[];
  /** @throws ConformanceError with what was expected and what was seen */
  readonly check: (subject: Subject) => Promise<void>;
}

export class ConformanceError extends Error {
  override readonly name: string = "ConformanceError";
}

/** Each named part of the end, or of its verdict, equals what is expected. */
export function expectEnd(
  ended: Ended,
  expected: Partial<Verdict> & { readonly stdout?: string; readonly value?: unknown },
): void {
  for (const [name, wanted] of Object.entries(expected)) {
    const seen =
      name === "stdout" ? ended.stdout : name === "value" ? ended.value : ended.verdict[name as keyof Verdict];
    expectEqual(seen, wanted, `${name} (${ended.verdict.status}: ${ended.verdict.reason})`);
  }
}

export function expectEqual(seen: unknown, wanted: unknown, what: string): void {
  if (JSON.stringify(seen) !== JSON.stringify(wanted))
    throw new ConformanceError(`${what}: expected ${JSON.stringify(wanted)}, saw ${JSON.stringify(seen)}`);
}

export function expectTrue(holds: boolean, what: string): void {
  if (!holds) throw new ConformanceError(what);
}
