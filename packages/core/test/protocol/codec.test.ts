import { describe, expect, test } from "bun:test";
import {
  CONTROL_NAMES,
  type ControlReport,
  DEFAULT_LIMITS,
  DEFAULT_POLICY,
  type DescriptorSlot,
  decodeHostMessage,
  decodeStatusReply,
  decodeWorkerMessage,
  encodeHostMessage,
  encodeStatusReply,
  encodeWorkerMessage,
  type HostMessage,
  MAX_MESSAGE_BYTES,
  ProtocolError,
  type StatusReply,
  type WorkerMessage,
} from "@hutch/core";
import fc from "fast-check";
import { damages, thrownBy } from "./damage.ts";

const text = fc.string({ unit: "binary", maxLength: 40 });
const texts = fc.array(text, { maxLength: 5 });
const u8 = fc.nat(255);
const u16 = fc.nat(0xffff);
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const amount = fc.maxSafeNat();
const limits = fc.constantFrom(DEFAULT_LIMITS, { ...DEFAULT_LIMITS, cpuMs: 1, outputBytes: 0, memoryBytes: 2 ** 40 });
const policy = fc.constantFrom(DEFAULT_POLICY, {
  ...DEFAULT_POLICY,
  files: [
    { kind: "read-only", source: "./x", path: "/x" },
    { kind: "tmpfs", path: "/t", sizeBytes: 8192 },
    { kind: "content", path: "/c", content: "\0\ufeff" },
  ] as const,
  bestEffort: ["landlock"] as const,
});
const controls = fc.array(
  fc.record({
    name: fc.constantFrom(...CONTROL_NAMES),
    state: fc.constantFrom("enforced", "partial", "off", "unavailable"),
    why: text,
  }),
);
const slots = fc.array(
  fc.constantFrom<DescriptorSlot[]>(
    "status",
    "stdin",
    "stdout",
    "stderr",
    "job",
    "init",
    "supervisor",
    "handover",
    "cgroup0",
    "cgroup12",
  ),
);

const hostMessages: fc.Arbitrary<HostMessage> = fc.oneof(
  fc.record({
    kind: fc.constant("setup"),
    policy,
    limits,
    backend: fc.constantFrom("linux-clone", "posix-fork"),
    preload: texts,
    cgroups: u8,
    jobsBeside: fc.boolean(),
    missing: fc.constantFrom<readonly ControlReport[]>(
      [],
      [{ name: "seccomp", state: "unavailable", why: "EPERM", fix: "none" }],
    ),
  }),
  fc.record({
    kind: fc.constant("launch"),
    jobId: u32,
    start: fc.constantFrom("warm", "cold", "exec"),
    serves: fc.constantFrom("command", "function"),
    argv: texts,
    env: texts,
    cwd: text,
    limits,
    descriptors: slots,
  }),
  fc.record({ kind: fc.constant("reap"), jobId: u32 }),
  fc.record({ kind: fc.constant("kill"), jobId: u32 }),
  fc.record({ kind: fc.constant("status"), jobId: u32 }),
  fc.record({ kind: fc.constant("retire") }),
);
const workerMessages: fc.Arbitrary<WorkerMessage> = fc.oneof(
  fc.record({ kind: fc.constant("hello"), protocolVersion: u32, hutchVersion: text, bunVersion: text }),
  fc.record({
    kind: fc.constant("ready"),
    start: fc.constantFrom("warm", "cold"),
    why: text,
    threads: u16,
    canaryMicros: u32,
    controls,
  }),
  fc.record({ kind: fc.constant("setup-failed"), cause: fc.constantFrom("preload", "sandbox"), message: text }),
  fc.record({
    kind: fc.constant("started"),
    jobId: u32,
    setupMicros: u32,
    begunMicros: fc.maxSafeNat(),
    clonedMicros: u32,
    walkedMicros: u32,
    executedMicros: u32,
  }),
  fc.record({ kind: fc.constant("launch-failed"), jobId: u32, errno: u16, message: text }),
  fc.record({
    kind: fc.constant("exited"),
    jobId: u32,
    waitStatus: u32,
    cpuUserMicros: amount,
    cpuSystemMicros: amount,
  }),
  fc.record({ kind: fc.constant("log"), level: fc.constantFrom("info", "warning", "error"), text }),
);

const statusReplies: fc.Arbitrary<StatusReply> = fc.record({
  kind: fc.constant("status-reply"),
  jobId: u32,
  phase: fc.constantFrom("asked", "running", "exited", "gone"),
  sent: amount,
});

interface Direction {
  readonly name: string;
  readonly encoded: fc.Arbitrary<{ readonly message: object; readonly bytes: Uint8Array }>;
  readonly decode: (bytes: Uint8Array) => object;
}
const directions: readonly Direction[] = [
  {
    name: "decodeHostMessage()",
    encoded: hostMessages.map((message) => ({ message, bytes: encodeHostMessage(message) })),
    decode: decodeHostMessage,
  },
  {
    name: "decodeWorkerMessage()",
    encoded: workerMessages.map((message) => ({ message, bytes: encodeWorkerMessage(message) })),
    decode: decodeWorkerMessage,
  },
  {
    name: "decodeStatusReply()",
    encoded: statusReplies.map((message) => ({ message, bytes: encodeStatusReply(message) })),
    decode: decodeStatusReply,
  },
];

describe.each([...directions])("$name", ({ encoded, decode }) => {
  const why = (bytes: Uint8Array): string => {
    const error = thrownBy(() => decode(bytes));
    expect(error).toBeInstanceOf(ProtocolError);
    return (error as Error).message;
  };
  const settles = (bytes: Uint8Array): void => {
    try {
      decode(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  };

  test("brings back every message", () => {
    fc.assert(
      fc.property(encoded, ({ message, bytes }) => expect(decode(bytes)).toStrictEqual(message)),
      { numRuns: 400 },
    );
  });

  test("refuses every message that is cut off or followed by another byte", () => {
    fc.assert(
      fc.property(encoded, fc.nat(), u8, ({ bytes }, at, extra) => {
        why(bytes.subarray(0, at % bytes.byteLength));
        why(Uint8Array.of(...bytes, extra));
      }),
      { numRuns: 400 },
    );
  });

  test("gives a message or a ProtocolError for random and damaged bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), settles), { numRuns: 1000 });
    fc.assert(
      fc.property(encoded, damages, ({ bytes }, damage) => settles(damage(bytes))),
      { numRuns: 1000 },
    );
  });

  test("refuses an unknown kind, an empty packet and one that is too large", () => {
    for (const kind of [0, 8, 9, 255]) why(Uint8Array.of(kind, 0, 0, 0, 0));
    why(new Uint8Array(0));
    expect(why(new Uint8Array(MAX_MESSAGE_BYTES + 1))).toEndWith("it has 131073 bytes, 131072 are allowed");
  });

  test("keeps its error short whatever the packet holds", () => {
    expect(why(new Uint8Array(MAX_MESSAGE_BYTES).fill(5)).length).toBeLessThan(700);
  });
});

describe("decodeHostMessage()", () => {
  const launch: HostMessage = {
    kind: "launch",
    jobId: 1,
    start: "exec",
    serves: "command",
    argv: ["a"],
    env: [],
    cwd: "/",
    limits: DEFAULT_LIMITS,
    descriptors: ["status"],
  };

  test("does not reserve room for a list that the packet cannot hold", () => {
    const bytes = encodeHostMessage({ ...launch, argv: new Array(1000).fill("") });
    // The runtime compiles and collects in that time, too, and that takes longer beside other programs.
    const tookMs = Array.from({ length: 3 }, () => {
      const before = process.cpuUsage();
      expect(() => decodeHostMessage(bytes.subarray(0, 20))).toThrow(ProtocolError);
      return process.cpuUsage(before).user / 1000;
    });
    expect(Math.min(...tookMs)).toBeLessThan(100);
  });

  test("refuses limits and policies that are not whole, and descriptors that nobody knows", () => {
    const { cpuMs, ...rest } = DEFAULT_LIMITS;
    expect(cpuMs).toBe(2000);
    const broken = (message: unknown): Uint8Array => encodeHostMessage(message as HostMessage);
    expect(() => decodeHostMessage(broken({ ...launch, limits: rest }))).toThrow(ProtocolError);
    expect(() => decodeHostMessage(broken({ ...launch, limits: { ...DEFAULT_LIMITS, cpuMs: 0 } }))).toThrow(
      "limits.cpuMs = 0",
    );
    expect(() =>
      decodeHostMessage(
        broken({
          kind: "setup",
          policy: {},
          limits: DEFAULT_LIMITS,
          backend: "linux-clone",
          preload: [],
          cgroups: 0,
          jobsBeside: false,
          missing: [],
        }),
      ),
    ).toThrow(ProtocolError);
    expect(() => broken({ ...launch, descriptors: ["tty"] })).toThrow('descriptor "tty" is not known');
  });
});

describe("encodeHostMessage()", () => {
  test("refuses a message that is larger than a packet", () => {
    const message: HostMessage = {
      kind: "launch",
      jobId: 1,
      start: "exec",
      serves: "command",
      argv: ["x".repeat(MAX_MESSAGE_BYTES)],
      env: [],
      cwd: "/",
      limits: DEFAULT_LIMITS,
      descriptors: [],
    };
    expect(() => encodeHostMessage(message)).toThrow(RangeError);
  });

  test("refuses numbers that do not fit and kinds that do not exist", () => {
    for (const jobId of [-1, 1.5, 2 ** 32, Number.NaN])
      expect(() => encodeHostMessage({ kind: "reap", jobId })).toThrow();
    expect(() => encodeHostMessage({ kind: "constructor" } as never)).toThrow();
    for (const cpuSystemMicros of [-1, 0.5, Number.NaN, Infinity, -0]) {
      const message = {
        kind: "exited",
        jobId: 1,
        waitStatus: 0,
        cpuUserMicros: 1,
        cpuSystemMicros,
      } as const;
      expect(() => encodeWorkerMessage(message)).toThrow("is not an amount");
    }
  });

  test("carries a day of CPU time in microseconds", () => {
    const message = {
      kind: "exited",
      jobId: 1,
      waitStatus: 0,
      cpuUserMicros: 86_400e6,
      cpuSystemMicros: 0,
    } as const;
    expect(decodeWorkerMessage(encodeWorkerMessage(message))).toEqual(message);
  });
});
