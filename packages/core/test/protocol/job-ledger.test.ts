// The phases of a job, and two ledgers that hold to them while messages cross on the way.
import { describe, expect, test } from "bun:test";
import { JOB_TRANSITIONS, type JobEvent, JobLedger, type JobPhase, nextPhase, ProtocolError } from "@hutch/core";
import fc from "fast-check";

function refusalOf(act: () => void): unknown {
  try {
    act();
    return null;
  } catch (error) {
    return error;
  }
}

const PHASES = Object.keys(JOB_TRANSITIONS) as JobPhase[];
const EVENTS: readonly JobEvent[] = ["started", "launch-failed", "exited", "kill", "reap"];

describe("nextPhase()", () => {
  test("every life ends, and none begins again", () => {
    const ends = (phase: JobPhase): boolean =>
      phase === "gone" ||
      Object.values(JOB_TRANSITIONS[phase])
        .filter((next) => next !== phase)
        .every((next) => PHASES.indexOf(next) > PHASES.indexOf(phase) && ends(next));
    expect(PHASES.filter((phase) => !ends(phase))).toEqual([]);
    expect(PHASES.filter((phase) => Object.values(JOB_TRANSITIONS[phase]).includes("asked"))).toEqual(["asked"]);
  });

  test("what is not in the table is refused, and the error says what came when", () => {
    for (const phase of PHASES)
      for (const event of EVENTS) {
        if (JOB_TRANSITIONS[phase][event] !== undefined) continue;
        const error = refusalOf(() => nextPhase(phase, event, 7));
        expect(error).toBeInstanceOf(ProtocolError);
        expect((error as Error).message).toBe(`Cannot follow: "${event}" came for job 7, which is in phase "${phase}"`);
      }
  });
});

describe("JobLedger", () => {
  test("a number is used once, and one that was never used is nobody's", () => {
    const ledger = new JobLedger<string>();
    ledger.open(3, "three");
    expect(() => ledger.open(3, "again")).toThrow("3 was used before");
    expect(() => ledger.open(2, "earlier")).toThrow(ProtocolError);
    expect(() => ledger.phaseOf(4)).toThrow("there never was a job 4");
    expect(() => ledger.follow(0, "kill")).toThrow(ProtocolError);
    expect(ledger.follow(3, "launch-failed")).toBe("three");
    expect([ledger.size, ledger.phaseOf(3), ledger.follow(3, "kill")]).toEqual([0, "gone", null]);
  });

  test("an event out of order leaves the record as it was", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 12 }), (events) => {
        const ledger = new JobLedger<null>();
        ledger.open(1, null);
        for (const event of events) {
          const before = ledger.phaseOf(1);
          const error = refusalOf(() => ledger.follow(1, event));
          expect(error === null).toBe(JOB_TRANSITIONS[before][event] !== undefined);
          expect(ledger.phaseOf(1)).toBe(JOB_TRANSITIONS[before][event] ?? before);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("abandon() gives each job that is left, once", () => {
    const ledger = new JobLedger<string>();
    for (const id of [1, 2, 3]) ledger.open(id, `job ${id}`);
    ledger.follow(2, "launch-failed");
    expect(ledger.abandon().map(([, job]) => job)).toEqual(["job 1", "job 3"]);
    expect(ledger.abandon()).toEqual([]);
  });
});

type Sent = readonly [kind: JobEvent | "launch", jobId: number];

/** A host and a worker with nothing but their ledgers, and a queue of messages each way. */
class Pair {
  readonly toWorker: Sent[] = [];
  readonly toHost: Sent[] = [];
  /** How often the host heard the end of each job. */
  readonly ends: Map<number, number> = new Map();
  readonly reaped: number[] = [];
  readonly #host: JobLedger<null> = new JobLedger();
  readonly #worker: JobLedger<null> = new JobLedger();
  #last = 0;

  launch(): void {
    this.#last += 1;
    this.#host.open(this.#last, null);
    this.toWorker.push(["launch", this.#last]);
  }

  kill(nth: number): void {
    const known = [...this.#host.in("asked", "running", "exited")];
    const job = known[nth % Math.max(1, known.length)];
    if (job === undefined) return;
    this.#host.follow(job[0], "kill");
    this.toWorker.push(["kill", job[0]]);
  }

  exit(nth: number): void {
    const running = [...this.#worker.in("running")];
    const job = running[nth % Math.max(1, running.length)];
    if (job === undefined) return;
    this.#worker.follow(job[0], "exited");
    this.toHost.push(["exited", job[0]]);
  }

  workerHears(clones: boolean): void {
    const sent = this.toWorker.shift();
    if (sent === undefined) return;
    const [kind, jobId] = sent;
    if (kind !== "launch") {
      this.#worker.follow(jobId, kind);
      if (kind === "reap") this.reaped.push(jobId);
      return;
    }
    this.#worker.open(jobId, null);
    const answer = clones ? "started" : "launch-failed";
    this.#worker.follow(jobId, answer);
    this.toHost.push([answer, jobId]);
  }

  hostHears(): void {
    const sent = this.toHost.shift();
    if (sent === undefined) return;
    const [kind, jobId] = sent as readonly [JobEvent, number];
    this.#host.follow(jobId, kind);
    if (kind === "started") return;
    this.ends.set(jobId, (this.ends.get(jobId) ?? 0) + 1);
    if (kind !== "exited") return;
    // ORDER: as the host does it, the record first.
    this.#host.follow(jobId, "reap");
    this.toWorker.push(["reap", jobId]);
  }

  settle(): void {
    while (this.toWorker.length + this.toHost.length > 0 || [...this.#worker.in("running")].length > 0) {
      this.workerHears(true);
      this.exit(0);
      this.hostHears();
    }
  }

  get left(): number {
    return this.#host.size + this.#worker.size;
  }

  get launched(): number {
    return this.#last;
  }
}

const actions = fc.oneof(
  fc.constant((pair: Pair) => pair.launch()),
  fc.nat(9).map((nth) => (pair: Pair) => pair.kill(nth)),
  fc.nat(9).map((nth) => (pair: Pair) => pair.exit(nth)),
  fc.boolean().map((clones) => (pair: Pair) => pair.workerHears(clones)),
  fc.constant((pair: Pair) => pair.hostHears()),
);

describe("a host and a worker", () => {
  test("however their messages cross, neither hears one out of order, and every job ends once and is reaped once", () => {
    fc.assert(
      fc.property(fc.array(actions, { maxLength: 150, size: "max" }), (taken) => {
        const pair = new Pair();
        for (const act of taken) act(pair);
        pair.settle();
        expect([...pair.ends.values()].every((times) => times === 1)).toBe(true);
        expect(pair.ends.size).toBe(pair.launched);
        expect(new Set(pair.reaped).size).toBe(pair.reaped.length);
        expect(pair.left).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  test("a message that is lost, doubled or overtakes another is noticed, or changes nothing", () => {
    fc.assert(
      fc.property(
        fc.array(actions, { minLength: 20, maxLength: 150, size: "max" }),
        fc.nat(),
        fc.constantFrom("lose", "double", "swap"),
        (taken, at, how) => {
          const pair = new Pair();
          const noticed = refusalOf(() => {
            taken.forEach((act, index) => {
              act(pair);
              const queue = index % 2 === 0 ? pair.toHost : pair.toWorker;
              if (index === at % taken.length) damage(queue, how);
            });
            pair.settle();
          });
          if (noticed !== null) expect(noticed).toBeInstanceOf(ProtocolError);
          // No job's end is ever heard twice.
          expect([...pair.ends.values()].every((times) => times === 1)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function damage(queue: Sent[], how: "lose" | "double" | "swap"): void {
  const [first, second] = queue;
  if (first === undefined) return;
  if (how === "lose") queue.shift();
  else if (how === "double") queue.unshift(first);
  else if (second !== undefined) queue.splice(0, 2, second, first);
}
