// An oracle that never complains is none: each is shown what it has to find.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "hutch";
import type { Attempt } from "../../src/attempt.ts";
import { changedCanaries, readCanaries } from "../../src/oracles/canaries.ts";
import { findLeftovers, lookAround } from "../../src/oracles/leftovers.ts";
import { findSecrets } from "../../src/oracles/secrets.ts";
import { findGrowth, lookAtSupervisor } from "../../src/oracles/supervisor.ts";
import { findLies } from "../../src/oracles/truth.ts";
import { settle } from "../../src/settle.ts";
import { openStage, type Stage } from "../../src/stage.ts";

let stage: Stage;
const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
beforeAll(async () => {
  mkdirSync(join(folder, "functions"));
  stage = await openStage(folder, "hutch-canary-secret");
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const attempt: Attempt = { status: "ok", blame: "none", said: "", everything: "", ended: null };

test("O1 finds a change of the host's files", () => {
  const before = readCanaries(stage);
  expect(changedCanaries(before, readCanaries(stage))).toEqual([]);
  appendFileSync(join(stage.folder, "secret"), "x");
  writeFileSync(join(stage.folder, "shown/new"), "x");
  const changed = changedCanaries(before, readCanaries(stage));
  expect(changed.map((text) => text.split(" changed")[0])).toEqual(
    expect.arrayContaining(["O1: the secret file", "O1: the shown folder"]),
  );
});

describe("O2", () => {
  test("finds a process and a file that are left", async () => {
    const before = lookAround();
    expect(findLeftovers(before, "sleep")).toEqual([]);
    const left = mkdtempSync(join(tmpdir(), "left-behind-"));
    const child = Bun.spawn(["/bin/sleep", "100"]);
    try {
      expect(findLeftovers(before, "sleep")).toEqual([
        expect.stringContaining("1 children, 0 were there"),
        expect.stringContaining("runs sleep"),
        expect.stringContaining("left-behind-"),
      ]);
    } finally {
      child.kill("SIGKILL");
      await child.exited;
      rmSync(left, { recursive: true });
    }
    expect(await settle(() => findLeftovers(before, "sleep"))).toEqual([]);
  });
});

describe("O3", () => {
  test("finds descriptors and prototypes that a job left", () => {
    const before = lookAtSupervisor();
    expect(findGrowth(before)).toEqual([]);
    const open = Array.from({ length: 10 }, () => openSync("/dev/null", "r"));
    Object.assign(Object.prototype, { polluted: true });
    try {
      expect(findGrowth(before)).toEqual([
        expect.stringContaining("descriptors more"),
        expect.stringContaining("have polluted"),
      ]);
    } finally {
      for (const fd of open) closeSync(fd);
      Reflect.deleteProperty(Object.prototype, "polluted");
    }
  });
});

describe("O5", () => {
  test("finds a report that does not fit together", async () => {
    const { verdict, report } = await run(["/bin/true"]);
    expect(findLies({ ...attempt, ended: { verdict, report } })).toEqual([]);
    for (const usage of [
      { cpuMs: 1e9 },
      { wallMs: 1e9 },
      { cpuUserMs: -1 },
      { processes: 1e9 },
      { outputBytes: 1e12 },
    ]) {
      const wrong = { ...report, usage: { ...report.usage, ...usage } };
      expect(findLies({ ...attempt, ended: { verdict, report: wrong } })).not.toEqual([]);
    }
  });
});

describe("O6", () => {
  test("finds the secret in what came out, and a visitor of a listener", async () => {
    expect(findSecrets(attempt, stage)).toEqual([]);
    expect(findSecrets({ ...attempt, everything: `it is ${stage.secret}!` }, stage)).toHaveLength(1);
    const visitor = connect(Number(stage.targets.TARGET_PORT), "127.0.0.1");
    await new Promise((resolve) => visitor.on("close", resolve));
    expect(findSecrets(attempt, stage)).toHaveLength(1);
  });
});
