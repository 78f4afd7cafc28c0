// What a job gets as stdin, stdout and stderr does not depend on what its host has: numbers that are free are soon others.
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const HOST = join(import.meta.dir, "hosts/without-streams.ts");
const MODULE = join(import.meta.dir, "../programs/functions/attack.ts");
const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

// Four: the folder that ls reads is one.
const SAID = ["ok", "out\nin\n4\n", "err\n"];

test.each(["0<&-", "1>&-", "2>&-", "0<&- 1>&-", "0<&- 1>&- 2>&-"])(
  "a host without %s runs jobs as any other",
  async (closed) => {
    const file = join(folder, "said");
    const command = `exec "$@" ${closed}`;
    const argv = ["/bin/sh", "-c", command, "sh", process.execPath, "--conditions=hutch-source", HOST, file, MODULE];
    expect(await Bun.spawn(argv, { stdio: ["ignore", "ignore", "ignore"] }).exited).toBe(0);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual([SAID, SAID, ["well"]]);
  },
);
