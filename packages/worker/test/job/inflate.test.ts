import { describe, expect, test } from "bun:test";
import { constants, zstdCompressSync } from "node:zlib";
import { encodeValue } from "@hutch/core";
import { InvalidPayloadError, inflate } from "../../src/job/inflate.ts";
import { refuseZstd } from "../../src/job/zstd-frames.ts";
import { common, runColdJob } from "./cold-job.ts";
import { Modules } from "./modules.ts";

const text = new TextEncoder().encode("hello world, hello world, hello world");
const frame = new Uint8Array(zstdCompressSync(text));
const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const ZEROS_PER_BLOCK = 128 * 1024;

/** A frame that says "so many blocks of zeros": four bytes for every 128 KiB. */
function bomb(bytes: number): Uint8Array {
  const blocks = Math.ceil(bytes / ZEROS_PER_BLOCK);
  const frame = new Uint8Array(6 + 4 * blocks);
  // A window of 1 MiB, no checksum, no size.
  frame.set([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50]);
  const view = new DataView(frame.buffer);
  for (let block = 0; block < blocks; block++) {
    const header = (ZEROS_PER_BLOCK << 3) | (1 << 1) | (block === blocks - 1 ? 1 : 0);
    view.setUint16(6 + 4 * block, header & 0xffff, true);
    view.setUint8(8 + 4 * block, header >> 16);
  }
  return frame;
}

describe("refuseZstd()", () => {
  test("accepts whole frames, several of them, and skippable ones", () => {
    const skippable = new Uint8Array([0x5a, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9]);
    for (const whole of [
      frame,
      join(frame, frame),
      join(skippable, frame),
      bomb(2 ** 20),
      new Uint8Array(zstdCompressSync(new Uint8Array(0))),
    ])
      expect(refuseZstd(whole)).toBeNull();
  });

  test("refuses every proper prefix and every suffix", () => {
    for (let length = 0; length < frame.byteLength; length++)
      expect(refuseZstd(frame.subarray(0, length))).toBeString();
    expect(refuseZstd(join(frame, new Uint8Array([1])))).toBeString();
    expect(refuseZstd(join(frame, text))).toBe(`has ${text.byteLength} bytes after its end that are not zstd data`);
    expect(refuseZstd(text)).toBe("is not zstd data");
  });
});

describe("inflate()", () => {
  test("leaves plain bytes alone and inflates up to the bound exactly", () => {
    expect(inflate(text, "none", 0)).toBe(text);
    expect(new Uint8Array(inflate(frame, "zstd", text.byteLength))).toEqual(text);
    expect(inflate(new Uint8Array(zstdCompressSync(new Uint8Array(0))), "zstd", 0).byteLength).toBe(0);
  });

  test("refuses one byte more, also for a bound of 0 and over several frames", () => {
    const refused = (bytes: Uint8Array, most: number): void => {
      expect(() => inflate(bytes, "zstd", most)).toThrow(
        new InvalidPayloadError(`the payload inflates to more than ${most} bytes`),
      );
    };
    refused(frame, text.byteLength - 1);
    refused(frame, 0);
    refused(join(frame, frame), 2 * text.byteLength - 1);
  });

  test("refuses damaged content", () => {
    const damaged = new Uint8Array(zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }));
    damaged[damaged.byteLength - 1] = (damaged.at(-1) ?? 0) ^ 0xff;
    expect(() => inflate(damaged, "zstd", 1000)).toThrow(InvalidPayloadError);
    expect(() => inflate(frame.subarray(1), "zstd", 1000)).toThrow("is not zstd data");
  });
});

describe("a compressed payload of a job", () => {
  test("ten gigabytes of zeros end as an invalid payload, in little memory and time", async () => {
    using modules = new Modules();
    const module = modules.add("m.ts", "export default () => 1;");
    const payload = bomb(10 * 2 ** 30);
    const job = await runColdJob(
      {
        kind: "function",
        module,
        exportName: "default",
        common: common(new Uint8Array(0), { compression: "zstd", inflatedBytes: 2 ** 24, slots: ["payload"] }),
      },
      { memfds: { payload } },
    );
    expect(job.response).toEqual({ kind: "invalid-payload", why: "the payload inflates to more than 16777216 bytes" });
    expect(job.exitCode).toBe(0);
    expect(job.cpuMs).toBeLessThan(3_000);
    expect(job.peakMemoryBytes).toBeLessThan(160 * 2 ** 20);
  });

  test("carries arguments", async () => {
    using modules = new Modules();
    const module = modules.add("m.ts", "export default (a: string) => a.length;");
    const payload = new Uint8Array(zstdCompressSync(encodeValue(["x".repeat(1e6)])));
    const job = await runColdJob({
      kind: "function",
      module,
      exportName: "default",
      common: common(payload, { compression: "zstd", inflatedBytes: 2 ** 20 }),
    });
    expect(job.response).toEqual({ kind: "value", bytes: encodeValue(1_000_000) });
  });

  test("that are not a list of arguments are an invalid payload", async () => {
    for (const payload of [encodeValue({ a: 1 }), new Uint8Array([0xff]), new Uint8Array(0)]) {
      const job = await runColdJob({
        kind: "function",
        module: "/m.ts",
        exportName: "default",
        common: common(payload),
      });
      expect(job.response).toMatchObject({ kind: "invalid-payload", why: expect.stringContaining("the arguments") });
    }
  });
});
