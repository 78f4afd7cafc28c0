import { describe, expect, test } from "bun:test";
import { DEFAULT_LIMITS, parsePolicy } from "@hutch/core";
import fc from "fast-check";
import { NO_LAYOUT } from "../src/host-layout.ts";
import { decodeStatusRecords, parseStatusRecords } from "../src/observe.ts";
import { planLaunch } from "../src/plan.ts";

const { plan } = planLaunch(
  {
    policy: parsePolicy(),
    limits: DEFAULT_LIMITS,
    start: "exec",
    root: "inherit",
    privileged: false,
    ids: { uid: 1, gid: 1 },
    cgroups: 0,
    executables: ["/bin/true"],
    descriptors: [],
  },
  { missing: [] },
  NO_LAYOUT,
);
const EXECUTE = plan.outer.length + plan.inner.length - 1;

function record(kind: number, index: number, errno: number, status: number, usageBytes = 0): Uint8Array {
  const bytes = new Uint8Array(16 + usageBytes);
  new Int32Array(bytes.buffer, 0, 4).set([kind, index, errno, status]);
  return bytes;
}
const ended = (status: number): Uint8Array => record(2, 0, 0, status, 288);
const failed = (index: number, errno: number): Uint8Array => record(1, index, errno, 0);

describe("parseStatusRecords", () => {
  test("tells exit codes and signals apart", () => {
    expect(parseStatusRecords(ended(41 << 8), () => plan)).toEqual({ kind: "exited", code: 41 });
    expect(parseStatusRecords(ended(9), () => plan)).toEqual({ kind: "signaled", signal: 9 });
    expect(parseStatusRecords(ended(6 | 128), () => plan)).toEqual({ kind: "signaled", signal: 6 });
  });

  test("names the step that failed, and lets it count over the end that init tells after it", () => {
    const bytes = new Uint8Array([...failed(EXECUTE, 2), ...ended(127 << 8)]);
    expect(parseStatusRecords(bytes, () => plan)).toEqual({
      kind: "setup-failed",
      step: `execute /bin/true (step ${EXECUTE + 1} of ${EXECUTE + 1 + plan.handover.length})`,
      errno: 2,
      code: "ENOENT",
      execute: true,
    });
    expect(parseStatusRecords(failed(0, 1), () => plan)).toMatchObject({
      kind: "setup-failed",
      code: "EPERM",
      execute: false,
    });
  });

  test("does not take a failure of process 1 beside the running job for the host's: the job may have caused it", () => {
    expect(parseStatusRecords(failed(EXECUTE + 1, 9), () => plan)).toEqual({ kind: "unknown" });
    expect(parseStatusRecords(failed(9999, 1), () => plan)).toEqual({ kind: "unknown" });
    const alone = { ...plan, handover: [] };
    expect(parseStatusRecords(failed(9999, 1), () => alone)).toMatchObject({ kind: "setup-failed", execute: false });
  });

  test("says null when nobody told, or only half", () => {
    expect(parseStatusRecords(new Uint8Array(), () => plan)).toBeNull();
    expect(parseStatusRecords(ended(0).subarray(0, 303), () => plan)).toBeNull();
    expect(parseStatusRecords(failed(0, 1).subarray(0, 15), () => plan)).toBeNull();
    expect(parseStatusRecords(ended(-1), () => plan)).toBeNull();
  });

  test("never throws, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
        parseStatusRecords(bytes, () => plan);
        decodeStatusRecords(bytes);
      }),
    );
  });
});

test("a fatal system call is named, of this architecture or another", () => {
  const record = (number: number, auditArch: number): Uint8Array =>
    new Uint8Array(new Int32Array([3, number, auditArch, 0]).buffer);
  const call = (number: number, auditArch: number): unknown =>
    parseStatusRecords(record(number, auditArch), () => {
      throw new Error("no step failed");
    });
  expect(call(175, 0xc000003e)).toEqual({ kind: "violated", call: "init_module" });
  expect(call(105, 0xc00000b7)).toEqual({ kind: "violated", call: "init_module" });
  expect(call(1, 0x40000003)).toEqual({ kind: "violated", call: "number 1 of the architecture i386" });
  expect(call(0x4000003b, 0xc000003e)).toEqual({ kind: "violated", call: "number 59 of the architecture x32" });
  expect(call(9999, 0xc000003e)).toEqual({ kind: "violated", call: "number 9999" });
  expect(call(1, 0x1234)).toEqual({ kind: "violated", call: "number 1 of the architecture 0x1234" });
});
