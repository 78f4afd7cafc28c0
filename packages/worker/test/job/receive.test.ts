import { describe, expect, test } from "bun:test";
import { decodeValue, encodeRequest, encodeValue } from "@hutch/core";
import { type ColdJob, common, runColdJob } from "./cold-job.ts";
import { Modules } from "./modules.ts";

const request = encodeRequest({
  kind: "function",
  module: "/m.ts",
  exportName: "default",
  common: common(encodeValue([])),
});
const withLength = (length: number, body: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(4 + body.byteLength);
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes.set(body, 4);
  return bytes;
};

/** As a standby is asked. */
function loadedFirst(module: string): Promise<ColdJob> {
  const asked = { kind: "function", module, exportName: "default", common: common(encodeValue([])) } as const;
  return runColdJob(asked, { load: module });
}

describe("receiveRequest()", () => {
  test("a host that closes instead of asking ends the job silently", async () => {
    for (const bytes of [new Uint8Array(0), request.subarray(0, 2), request.subarray(0, 20)]) {
      const { exitCode, stdout, stderr } = await runColdJob(bytes);
      expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    }
  });

  test("a request of many pages arrives whole, inline and at the largest inline size", async () => {
    using modules = new Modules();
    const module = modules.add("length.ts", "export default (text: string) => text.length;");
    for (const length of [3_900, 4_000, 4_096, 32_000]) {
      const payload = encodeValue(["x".repeat(length)]);
      const { response } = await runColdJob({
        kind: "function",
        module,
        exportName: "default",
        common: common(payload),
      });
      expect(response).toEqual({ kind: "value", bytes: encodeValue(length) });
    }
  });

  test("a module that came before the request is evaluated once, and before it", async () => {
    using modules = new Modules();
    const module = modules.add(
      "counts.ts",
      "const loadedMs = performance.now(); let times = 0; times += 1; export default () => [times, performance.now() - loadedMs];",
    );
    const answer = await loadedFirst(module);
    const [times, agoMs] = decodeValue((answer.response as { bytes: Uint8Array }).bytes) as [number, number];
    expect(times).toBe(1);
    expect(agoMs).toBeGreaterThan(0);
  });

  test("what a module does while it is evaluated early is what it does on demand", async () => {
    using modules = new Modules();
    for (const [name, code, error] of [
      ["throws", 'throw new TypeError("at load");', { name: "TypeError", message: "at load" }],
      [
        "rejects later",
        'setTimeout(() => { throw new RangeError("later"); }, 1); await Bun.sleep(20);',
        { name: "RangeError", message: "later" },
      ],
      ["never settles", "await new Promise(() => {});", { name: "NeverSettledError" }],
    ] as const) {
      const module = modules.add(`${name.replaceAll(" ", "-")}.ts`, `${code} export default () => 1;`);
      expect((await loadedFirst(module)).response).toMatchObject({ kind: "error", ...error });
    }
    const exits = modules.add("exits.ts", "process.exit(7); export default () => 1;");
    expect(await loadedFirst(exits)).toMatchObject({ exitCode: 7, response: { kind: "missing" } });
  });

  test("bytes that are not one request end the job with 125 and a reason", async () => {
    const cases = [
      [withLength(0xffff_ffff, new Uint8Array(4)), "announces 4294967295 bytes"],
      [withLength(3, new Uint8Array([99, 0, 0])), "Cannot read the request"],
      [withLength(0, new Uint8Array(0)), "Cannot read the request"],
      [new Uint8Array([...request, 0]), "1 bytes follow it"],
    ] as const;
    for (const [bytes, reason] of cases) {
      const { exitCode, stderr } = await runColdJob(bytes);
      expect({ exitCode, told: stderr.includes(reason) }).toEqual({ exitCode: 125, told: true });
    }
  });

  test("descriptors that the request does not name end it too", async () => {
    const named = {
      kind: "wasm",
      exportName: "run",
      common: common(new Uint8Array(0), { slots: ["module"] }),
    } as const;
    const missing = await runColdJob(named);
    expect(missing).toMatchObject({
      exitCode: 125,
      stderr: "Cannot read the request: it names 1 descriptors, 0 came\n",
    });
    const more = await runColdJob(named, { memfds: { module: new Uint8Array(1), payload: new Uint8Array(1) } });
    expect(more).toMatchObject({ exitCode: 125, stderr: "Cannot read the request: it names 1 descriptors, 2 came\n" });
  });
});
