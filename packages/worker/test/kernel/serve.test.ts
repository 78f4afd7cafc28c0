// The worker's side of the protocol, as a host sees it that keeps to it, and as one that does not.
import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { POLL, poll, STDIN } from "@hutch/syscall";
import { RawHost } from "./raw-host.ts";

const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

describe("serve()", () => {
  test("launches many jobs at once, tells of each start and end once, and reaps when it is asked", async () => {
    await using host = await RawHost.ready();
    const before = descriptorsOf(host.worker.pid);
    const codes = new Map<number, number>();
    for (let code = 0; code < 40; code++) codes.set(host.launch(["/bin/sh", "-c", `sleep 0.1; exit ${code}`]), code);
    const started = new Set<number>();
    const exited = new Map<number, number>();
    while (exited.size < codes.size) {
      const told = await host.next();
      if (told?.message.kind === "started") started.add(told.message.jobId);
      else if (told?.message.kind === "exited") {
        expect(exited.has(told.message.jobId)).toBe(false);
        expect(started.has(told.message.jobId)).toBe(true);
        exited.set(told.message.jobId, told.message.waitStatus >> 8);
      } else throw new Error(`unexpected: ${JSON.stringify(told)}`);
    }
    expect(exited).toEqual(codes);
    for (const jobId of codes.keys()) expect(await host.status(jobId)).toBe("exited");
    for (const jobId of codes.keys()) host.say({ kind: "reap", jobId });
    for (const jobId of codes.keys()) expect(await host.status(jobId)).toBe("gone");
    // It closes the socket of a question after it has answered.
    while (descriptorsOf(host.worker.pid) !== before) await Bun.sleep(5);
  });

  test("kills a job whose pidfd the host has not got yet, and answers a question past what waits to be read", async () => {
    await using host = await RawHost.ready();
    const jobId = host.launch(["/bin/sleep", "600"]);
    host.say({ kind: "kill", jobId });
    // Nothing that it told so far was read.
    await Bun.sleep(50);
    expect(["running", "exited"]).toContain(await host.status(jobId));
    await host.hear("started");
    expect((await host.hear("exited")).message.waitStatus & 0x7f).toBe(9);
    host.say({ kind: "kill", jobId });
    host.say({ kind: "reap", jobId });
    host.say({ kind: "kill", jobId });
    expect(await host.status(jobId)).toBe("gone");
  });

  test("a launch that lacks a descriptor fails alone", async () => {
    await using host = await RawHost.ready();
    const running = host.launch(["/bin/sleep", "600"]);
    await host.hear("started");
    const jobId = host.launch(["true"], { descriptors: ["status", "stdin", "stdout", "stdout"] });
    expect((await host.hear("launch-failed")).message).toMatchObject({
      jobId,
      message: expect.stringContaining("stderr"),
    });
    expect(await host.status(running)).toBe("running");
  });

  test("ends when it was retired and its last job was reaped", async () => {
    await using host = await RawHost.ready();
    const jobId = host.launch(["/bin/sleep", "0.2"]);
    await host.hear("started");
    host.say({ kind: "retire" });
    await host.hear("exited");
    expect(host.worker.exitCode).toBeNull();
    host.say({ kind: "reap", jobId });
    expect(await host.next()).toBeNull();
    expect(await host.worker.exited).toBe(0);
  });

  test("ends its jobs when the host is gone", async () => {
    const host = await RawHost.ready();
    host.launch(["/bin/sleep", "600"]);
    const [pidfd] = (await host.hear("started")).descriptors;
    if (pidfd === undefined) throw new Error("no pidfd came");
    const kept = pidfd.take();
    await host[Symbol.asyncDispose]();
    expect(poll([{ fd: kept, events: POLL.IN }], 20_000)[0]).not.toBe(0);
    require("node:fs").closeSync(kept);
  });
});

const BROKEN: Readonly<Record<string, readonly [act: (host: RawHost) => void, why: string]>> = {
  "bytes that are no message": [(host) => host.sayBytes(Uint8Array.of(77, 1, 2, 3)), "Cannot read a message"],
  "a message that is cut off": [(host) => host.sayBytes(Uint8Array.of(3, 1)), "Cannot read a message"],
  "more bytes than a packet may have": [
    (host) => host.sayBytes(new Uint8Array(128 * 1024 + 1)),
    "its bytes were cut off",
  ],
  "a descriptor too many": [(host) => host.launch(["true"], {}, 1), "5 descriptors came with it, 4 belong to it"],
  "a descriptor too few": [(host) => host.launch(["true"], {}, -1), "3 descriptors came with it, 4 belong to it"],
  "more descriptors than any message has": [(host) => host.launch(["true"], {}, 60), "its descriptors were cut off"],
  "a descriptor with a message that has none": [
    (host) => host.say({ kind: "retire" }, [STDIN]),
    "1 descriptors came with it, 0 belong to it",
  ],
  "a number that was used before": [(host) => host.launch(["true"], { jobId: 1 }), "1 was used before"],
  "a reap of a job that runs": [(host) => host.say({ kind: "reap", jobId: 1 }), '"reap" came for job 1'],
  "a word about a job that never was": [(host) => host.say({ kind: "kill", jobId: 99 }), "there never was a job 99"],
  "a launch after it was retired": [
    (host) => {
      host.say({ kind: "retire" });
      host.launch(["true"]);
    },
    "this worker was retired",
  ],
};

describe("serve() of a host that says what cannot be meant", () => {
  test.each(Object.entries(BROKEN))("%s: it says why, and ends with its jobs", async (_, [act, why]) => {
    await using host = await RawHost.ready();
    host.launch(["/bin/sleep", "600"]);
    const [pidfd] = (await host.hear("started")).descriptors;
    act(host);
    const { message } = await host.hear("log");
    expect(message.text).toContain(why);
    expect(await host.next()).toBeNull();
    expect(await host.worker.exited).toBe(1);
    expect(poll([{ fd: (pidfd as NonNullable<typeof pidfd>).fd, events: POLL.IN }], 20_000)[0]).not.toBe(0);
  });
});
