import { describe, expect, test } from "bun:test";
import {
  DEFAULT_LIMITS,
  decideVerdict,
  type Evidence,
  type Exit,
  type KillCause,
  type Response,
  VERDICT_STATUSES,
  type Verdict,
} from "@hutch/core";
import { sampleEvidence, sampleUsage } from "@hutch/core/testing";

const limits = { cpuMs: 1000, wallMs: 4000, memoryBytes: 2 ** 26, processes: 8, outputBytes: 1000 };

const exits: readonly Exit[] = [
  { kind: "exited", code: 0 },
  { kind: "exited", code: 1 },
  { kind: "exited", code: 255 },
  ...[6, 9, 11, 24, 25, 31].map((signal): Exit => ({ kind: "signaled", signal })),
  { kind: "setup-failed", step: "mount tmpfs / (step 3 of 9)", errno: 1, code: "EPERM", execute: false },
  { kind: "setup-failed", step: "execute x (step 9 of 9)", errno: 2, code: "ENOENT", execute: true },
  { kind: "violated", call: "kexec_load" },
  { kind: "unknown" },
];
const causes: readonly (KillCause | null)[] = [
  null,
  "cpu-limit",
  "wall-limit",
  "memory-limit",
  "output-limit",
  "process-limit",
  "disk-limit",
  "aborted",
  "worker-died",
  "host-failure",
];
const responses: readonly Response[] = [
  { kind: "none" },
  { kind: "missing" },
  { kind: "value" },
  { kind: "error", name: "Internal\u001b[31m\n", message: "" },
  { kind: "invalid-payload", why: "it does not inflate." },
  { kind: "invalid", why: "" },
];
const usages = [
  sampleUsage(),
  sampleUsage({ cpuMs: 950 }),
  sampleUsage({ cpuMs: 1001 }),
  sampleUsage({ wallMs: 4001 }),
  sampleUsage({ outputBytes: 1001 }),
  sampleUsage({ cpuMs: 5000, wallMs: 9000, peakMemoryBytes: 2 ** 27, processes: 9, outputBytes: 5000 }),
];
const booleans = [false, true];

function* everyEvidence(): Generator<Evidence> {
  for (const exit of exits)
    for (const killed of causes)
      for (const response of responses)
        for (const usage of usages)
          for (const oomKills of [0, 1])
            for (const processRefusals of [0, 3])
              for (const hostStalled of booleans)
                for (const artifactMismatch of booleans)
                  for (const hostFailure of [null, "the cgroup folder vanished."])
                    yield {
                      exit,
                      killed,
                      response,
                      usage,
                      limits,
                      oomKills,
                      processRefusals,
                      hostStalled,
                      artifactMismatch,
                      hostFailure,
                    };
}

/** Runs a check on every combination; the first one that fails is named. */
function forEvery(check: (evidence: Evidence, verdict: Verdict) => boolean): void {
  let count = 0;
  for (const evidence of everyEvidence()) {
    const verdict = decideVerdict(evidence);
    count += 1;
    if (!check(evidence, verdict)) throw new Error(`broken for ${JSON.stringify({ evidence, verdict })}`);
  }
  expect(count).toBe(exits.length * causes.length * responses.length * usages.length * 2 ** 5);
}

const isHostCause = ({ exit, killed, artifactMismatch, hostFailure }: Evidence): boolean =>
  artifactMismatch ||
  hostFailure !== null ||
  killed === "aborted" ||
  killed === "host-failure" ||
  (exit.kind === "setup-failed" && !exit.execute);

/** The table of architecture.md. */
const TABLE: Readonly<Record<string, readonly [string, string]>> = {
  ok: ["none", "no"],
  failed: ["job", "no"],
  "cpu-limit": ["job", "no"],
  "wall-limit": ["job", "no"],
  "memory-limit": ["job", "no"],
  "output-limit": ["job", "no"],
  "process-limit": ["job", "no"],
  "disk-limit": ["job", "no"],
  signaled: ["ambiguous", "once"],
  violation: ["job", "no"],
  "invalid-payload": ["job", "no"],
  "invalid-artifact": ["host", "yes"],
  "invalid-response": ["ambiguous", "once"],
  "worker-died": ["ambiguous", "once"],
  internal: ["host", "yes"],
};

describe("decideVerdict() over every combination of evidence", () => {
  test("gives one known status with the blame and retry of the table", () => {
    const seen = new Set<string>();
    forEvery(({ hostStalled }, { status, blame, retry }) => {
      seen.add(status);
      const excused = status === "wall-limit" && hostStalled;
      const [tableBlame, tableRetry] = TABLE[status] ?? [];
      return (
        VERDICT_STATUSES.includes(status) &&
        blame === (excused ? "ambiguous" : tableBlame) &&
        retry === (excused ? "once" : tableRetry)
      );
    });
    expect([...seen].sort()).toEqual([...VERDICT_STATUSES].sort());
  });

  test("never blames the host for what a job can write or do", () => {
    forEvery(
      (evidence, { status, blame }) =>
        isHostCause(evidence) || (status !== "internal" && status !== "invalid-artifact" && blame !== "host"),
    );
  });

  test("gives a status of the host's side the same whatever the job answered and used", () => {
    forEvery((evidence, verdict) => {
      if (verdict.blame !== "host") return true;
      return (
        decideVerdict({ ...evidence, response: { kind: "missing" }, usage: sampleUsage() }).status === verdict.status
      );
    });
  });

  test("lets the first cause win: a kill for a limit is the verdict, whatever came after it", () => {
    forEvery(({ exit, killed, artifactMismatch }, { status }) => {
      const decides =
        killed !== null &&
        killed !== "aborted" &&
        killed !== "host-failure" &&
        exit.kind !== "setup-failed" &&
        !artifactMismatch;
      return !decides || status === killed;
    });
  });

  test("never blames the job for a wall timeout of a stalled host", () => {
    forEvery(({ hostStalled }, { status, blame }) => !(hostStalled && status === "wall-limit" && blame === "job"));
  });

  test("never calls a job ok that did not exit with 0, was killed, or passed a measured limit", () => {
    forEvery(({ exit, killed, usage, response }, { status }) => {
      if (status !== "ok") return true;
      const isEnd =
        exit.kind === "exited" && exit.code === 0 && (response.kind === "none" || response.kind === "value");
      return isEnd && killed === null && usage.cpuMs <= limits.cpuMs && usage.outputBytes <= limits.outputBytes;
    });
  });

  test("gives a reason that is one plain line without a full stop", () => {
    forEvery(
      (_, { reason }) =>
        reason.length > 0 && reason.length < 600 && !reason.endsWith(".") && !/[\p{Cc}\u2028\u2029]/u.test(reason),
    );
  });

  test("reports exit code, signal and execute error only where the kernel told them", () => {
    forEvery(({ exit }, { exitCode, signal, executeError }) => {
      const code = exit.kind === "exited" ? exit.code : null;
      const execute = exit.kind === "setup-failed" && exit.execute ? exit.code : null;
      return (
        exitCode === code &&
        (signal !== null) === (exit.kind === "signaled" || exit.kind === "violated") &&
        executeError === execute
      );
    });
  });
});

describe("decideVerdict()", () => {
  const status = (parts: Partial<Evidence>): string => decideVerdict(sampleEvidence({ limits, ...parts })).status;

  test("names the system call that ended a job, unless a limit came first", () => {
    const exit: Exit = { kind: "violated", call: "kexec_load" };
    expect(decideVerdict(sampleEvidence({ exit }))).toMatchObject({
      status: "violation",
      blame: "job",
      signal: "SIGSYS",
      reason: "it made the forbidden system call kexec_load",
    });
    expect(status({ exit, killed: "wall-limit" })).toBe("wall-limit");
  });

  test("calls a raised SIGXCPU without the CPU time for it a signal", () => {
    const exit: Exit = { kind: "signaled", signal: 24 };
    expect(status({ exit })).toBe("signaled");
    const { cpuMs } = DEFAULT_LIMITS;
    for (const signal of [9, 24]) {
      const ended: Exit = { kind: "signaled", signal };
      expect(status({ exit: ended, limits: DEFAULT_LIMITS, usage: sampleUsage({ cpuMs: cpuMs - 1 }) })).toBe(
        "signaled",
      );
      expect(status({ exit: ended, limits: DEFAULT_LIMITS, usage: sampleUsage({ cpuMs: cpuMs + 1 }) })).toBe(
        "cpu-limit",
      );
    }
  });

  test("ends an error answer with its name and message, cut and without control characters", () => {
    const message = `\u001b[2J\r\nall good\u202e ${"x".repeat(10_000)}`;
    const { reason } = decideVerdict(sampleEvidence({ response: { kind: "error", name: "TypeError", message } }));
    expect(reason).toStartWith("TypeError: [2J all good x");
    expect(reason.length).toBeLessThanOrEqual(501);
  });

  test("calls exit codes and answers that disagree an invalid response", () => {
    const exit: Exit = { kind: "exited", code: 1 };
    for (const kind of ["value", "error", "invalid-payload"] as const) {
      const response =
        kind === "error"
          ? { kind, name: "E", message: "m" }
          : kind === "invalid-payload"
            ? { kind, why: "w" }
            : { kind };
      expect(status({ exit, response })).toBe("invalid-response");
    }
    expect(status({ exit: { kind: "exited", code: 0 }, response: { kind: "missing" } })).toBe("invalid-response");
    expect(status({ exit, response: { kind: "missing" } })).toBe("failed");
  });

  test("does not let a tamed out-of-memory kill or refusal spoil a good end", () => {
    expect(status({ oomKills: 1, processRefusals: 1 })).toBe("ok");
    expect(status({ oomKills: 1, response: { kind: "error", name: "E", message: "m" } })).toBe("memory-limit");
    expect(status({ processRefusals: 1, response: { kind: "error", name: "E", message: "m" } })).toBe("process-limit");
  });
});
