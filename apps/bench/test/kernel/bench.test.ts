// The whole program with very few rounds: what it prints and writes has the right shape. Times are never asserted.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { probe } from "hutch";
import type { Results } from "../../src/report/results.ts";
import { SCENARIOS } from "../../src/scenario-list.ts";

/** Without a sandbox the contenders of ours are absent, with the reason, and their targets are not measured. */
const sandboxed = (await probe()).canEnforceDefault;
const MAIN = fileURLToPath(import.meta.resolve("../../src/main.ts"));
const folder = mkdtempSync(join(tmpdir(), "hutch-bench-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function bench(...args: string[]): { readonly exitCode: number; readonly stdout: string; readonly stderr: string } {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, "--conditions=hutch-source", MAIN, ...args], {
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

describe("bench", () => {
  test("writes a table, a list of targets, results.json, results.md and report.html", () => {
    const { exitCode, stdout, stderr } = bench(
      "--quick",
      "--rounds",
      "3",
      "--scenario",
      "spawn-latency",
      "function-latency",
      "--out",
      folder,
    );
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Targets");

    const results = JSON.parse(readFileSync(join(folder, "results.json"), "utf8")) as Results;
    expect(results).toMatchObject({ version: 2, effort: "quick", interrupted: false });
    expect(results.scenarios.map(({ name }) => name)).toEqual(["spawn-latency", "function-latency"]);
    for (const { rows, targets, absent } of results.scenarios) {
      expect(rows.length).toBeGreaterThan(0);
      if (sandboxed)
        expect(rows.map(({ name }) => name)).toContainEqual(expect.stringMatching(/^(pool\.run|pool\.call)/));
      for (const { values, summary } of rows) {
        expect(values).toHaveLength(3);
        expect(summary.min).toBeGreaterThan(0);
      }
      for (const { state } of sandboxed ? targets : []) expect(state).not.toBe("not measured");
      for (const { why } of absent) expect(why).not.toBe("");
    }

    const page = readFileSync(join(folder, "results.md"), "utf8");
    for (const heading of ["# Results of the bench", "## Targets", "## spawn-latency", "## function-latency"])
      expect(page).toContain(heading);
    expect(readFileSync(join(folder, "report.html"), "utf8")).toContain('aria-label="spawn-latency: Distribution');
    expect(stdout).not.toContain("\x1b");
  }, 120_000);

  test("refuses a scenario that it does not have, and names those that it has", () => {
    const { exitCode, stderr } = bench("--scenario", "nothing-like-this");
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Cannot run scenario "nothing-like-this": known are spawn-latency, noop-latency,');
  });

  test("a run that is ended by a signal writes what it has, and leaves nothing behind", async () => {
    const out = join(folder, "ended");
    const child = Bun.spawn(
      [
        process.execPath,
        "--conditions=hutch-source",
        MAIN,
        "--rounds",
        "100000",
        "--scenario",
        "floor-levels",
        "--out",
        out,
      ],
      { stdout: "pipe", stderr: "pipe", env: { ...process.env, TMPDIR: folder } },
    );
    // It makes a folder for its programs when it begins, and nobody else makes one here.
    while (readdirSync(folder).every((name) => !name.startsWith("hutch-bench-")) && child.exitCode === null)
      await Bun.sleep(20);
    await Bun.sleep(1500);
    child.kill("SIGINT");
    expect(await child.exited).toBe(130);
    const results = JSON.parse(readFileSync(join(out, "results.json"), "utf8")) as Results;
    expect(results.interrupted).toBe(true);
    expect(results.scenarios[0]?.rows[0]?.values.length ?? 0).toBeLessThan(100_000);
    expect(readdirSync(folder).filter((name) => name.startsWith("hutch-bench-"))).toEqual([]);
  }, 120_000);

  test("every scenario measures something in a single round", async () => {
    // No time counts here, so two runs share the processors.
    const halves = [0, 1].map((half) => SCENARIOS.map(({ name }) => name).filter((_, index) => index % 2 === half));
    const ran = await Promise.all(
      halves.map(async (names, half) => {
        const out = join(folder, `half-${half}`);
        const flags = ["--quick", "--rounds", "1", "--peers", folder, "--scenario", ...names, "--out", out];
        const child = Bun.spawn([process.execPath, "--conditions=hutch-source", MAIN, ...flags], {
          stdout: "pipe",
          stderr: "pipe",
          env: { ...process.env, NO_COLOR: "1" },
        });
        const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
        expect({ exitCode: await child.exited, stderr }).toEqual({ exitCode: 0, stderr: "" });
        const { leftOut, scenarios } = JSON.parse(readFileSync(join(out, "results.json"), "utf8")) as Results;
        expect(leftOut).toEqual([]);
        expect(scenarios.map(({ name }) => name)).toEqual(names);
        for (const { name, rows, absent } of scenarios) {
          if (sandboxed) expect([name, rows.length > 0]).toEqual([name, true]);
          for (const { why } of absent) expect(why).not.toBe("");
        }
        return stdout;
      }),
    );
    expect(ran.join("\n")).toContain("install-peers.sh");
  }, 600_000);
});
