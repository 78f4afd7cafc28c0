import { describe, expect, test } from "bun:test";
import { decodeValue } from "@hutch/core";
import { type ColdJob, common, runColdJob } from "./cold-job.ts";
import * as fixtures from "./wasm-fixtures.ts";

const checksumOf = (module: Uint8Array): string => new Bun.CryptoHasher("sha256").update(module).digest("hex");
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const prepare = (module: Uint8Array): Promise<ColdJob> => runColdJob({ kind: "wasm-prepare", common: common(module) });
const run = (module: Uint8Array, input: Uint8Array, exportName = "run"): Promise<ColdJob> =>
  runColdJob(
    { kind: "wasm", exportName, common: common(input, { slots: ["module"], checksum: checksumOf(module) }) },
    { memfds: { module } },
  );
const wasi = (module: Uint8Array, stdin: Uint8Array, argv: readonly string[] = ["cat"]): Promise<ColdJob> =>
  runColdJob(
    { kind: "wasi", argv, common: common(stdin, { slots: ["module"], checksum: checksumOf(module) }) },
    { memfds: { module } },
  );

async function messageOf(job: Promise<ColdJob>): Promise<string> {
  const { response, exitCode } = await job;
  expect(exitCode).toBe(0);
  if (response.kind !== "error") throw new Error(JSON.stringify(response));
  return `${response.name}: ${response.message}`;
}

describe("prepareWasm()", () => {
  test("tells flavour, exports and imports", async () => {
    const plain = await prepare(fixtures.echo);
    expect(plain.response.kind === "value" && decodeValue(plain.response.bytes)).toEqual({
      flavour: "bytes",
      exports: [
        { name: "run", kind: "function" },
        { name: "memory", kind: "memory" },
      ],
      imports: [],
    });
    const command = await prepare(fixtures.wasiCat(0));
    expect(command.response.kind === "value" && decodeValue(command.response.bytes)).toMatchObject({
      flavour: "wasi",
      imports: { length: 3 },
    });
  });

  test("says what the bytes are instead of a module", async () => {
    expect(await messageOf(prepare(bytes("#!/bin/sh\n")))).toBe(
      'WasmError: Cannot compile the wasm module: it begins with "#!/bin/s", not with 00 61 73 6d',
    );
    expect(await messageOf(prepare(new Uint8Array([0x7f, 0x45, 0x4c, 0x46])))).toContain("7f 45 4c 46");
    expect(await messageOf(prepare(new Uint8Array(0)))).toEndWith("it is empty");
    expect(await messageOf(prepare(fixtures.echo.subarray(0, 6)))).toEndWith("it is cut off after 6 bytes");
    expect(await messageOf(prepare(new Uint8Array([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0])))).toContain(
      "version 13, a component",
    );
    expect(await messageOf(prepare(fixtures.echo.subarray(0, 30)))).toContain("Cannot compile the wasm module");
    expect(await messageOf(prepare(fixtures.invalid))).toContain("doesn't validate");
  });

  test("lists the imports that nobody gives, and what is not exported", async () => {
    expect(await messageOf(prepare(fixtures.importing))).toContain(
      "it imports env.secret (function), and a module without _start is given nothing",
    );
    expect(await messageOf(prepare(fixtures.wasiImportingMore))).toContain(
      "it imports env.secret (function), and a WASI command",
    );
    expect(await messageOf(prepare(fixtures.withoutMemory))).toContain('its memory as "memory"');
    expect(await messageOf(prepare(fixtures.withoutFunction))).toContain("exports no function");
  });
});

describe("runWasm()", () => {
  test("places the input by growing, by alloc or by malloc, and returns the bytes", async () => {
    for (const module of [fixtures.echo, fixtures.allocating("alloc"), fixtures.allocating("malloc")]) {
      expect((await run(module, bytes("hello"))).response).toEqual({ kind: "value", bytes: bytes("hello") });
    }
    expect((await run(fixtures.echo, new Uint8Array(0))).response).toEqual({ kind: "value", bytes: new Uint8Array(0) });
    const large = new Uint8Array(200_000).fill(7);
    const checksum = checksumOf(fixtures.echo);
    const job = await runColdJob(
      {
        kind: "wasm",
        exportName: "run",
        common: common(new Uint8Array(0), { slots: ["payload", "module"], checksum }),
      },
      { memfds: { payload: large, module: fixtures.echo } },
    );
    expect(job.response).toEqual({ kind: "value", bytes: large });
  });

  test("runs nothing of a module that is not the one that was asked for", async () => {
    const slots = ["module"] as const;
    for (const checksum of ["", checksumOf(fixtures.allocating("alloc"))]) {
      const { response, exitCode } = await runColdJob(
        { kind: "wasm", exportName: "run", common: common(bytes("x"), { slots, checksum }) },
        { memfds: { module: fixtures.echo } },
      );
      expect([response.kind, exitCode]).toEqual(["invalid-artifact", 0]);
      expect("why" in response ? response.why : "").toContain(`its checksum is ${checksumOf(fixtures.echo)}`);
    }
  });

  test("checks the result against the memory", async () => {
    expect(await messageOf(run(fixtures.returning(0xffff_ffffn << 32n), bytes("x")))).toMatch(
      /0 bytes at 4294967295 are not within the memory of \d+ bytes/,
    );
    expect(await messageOf(run(fixtures.returning(-1n), bytes("x")))).toContain("4294967295 bytes at 4294967295");
    expect(await messageOf(run(fixtures.allocating("alloc"), new Uint8Array(70_000)))).toContain(
      "Cannot reach the input: 70000 bytes at 1024",
    );
    expect(await messageOf(run(fixtures.returningI32, bytes("x")))).toContain('"run" returned number');
  });

  test("a trap, a missing export and a module that grows without end are the job's errors", async () => {
    expect(await messageOf(run(fixtures.trapping, bytes("x")))).toStartWith("RuntimeError: ");
    expect(await messageOf(run(fixtures.echo, bytes("x"), "nope"))).toBe(
      'WasmError: Cannot call "nope": the module exports only "run"',
    );
    expect(await messageOf(run(fixtures.greedy, bytes("x")))).toStartWith("RuntimeError: ");
  });
});

describe("runWasi()", () => {
  test("has stdin, stdout and stderr, and answers with no bytes for exit code 0", async () => {
    for (const code of [null, 0]) {
      const { response, exitCode, stdout, stderr } = await wasi(fixtures.wasiCat(code), bytes("from stdin"));
      expect({ response, exitCode, stdout, stderr }).toEqual({
        response: { kind: "value", bytes: new Uint8Array(0) },
        exitCode: 0,
        stdout: "from stdin",
        stderr: "err\n",
      });
    }
  });

  test("ends with the command's own exit code, which never turns into 0", async () => {
    for (const [given, seen] of [
      [3, 3],
      [255, 255],
      [256, 255],
    ] as const) {
      const { response, exitCode } = await wasi(fixtures.wasiCat(given), new Uint8Array(0));
      expect({ response, exitCode }).toEqual({ response: { kind: "missing" }, exitCode: seen });
    }
  });

  test("passes argv", async () => {
    expect((await wasi(fixtures.wasiArgs, new Uint8Array(0), ["prog", "ab"])).stdout).toBe("prog\0ab\0");
  });
});
