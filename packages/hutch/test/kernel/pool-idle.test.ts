// A pool that nobody closes: idle it does not keep the program alive, and it leaves nothing; with a job in it, it does.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { cgroupFoldersOf } from "./cgroup-folders.ts";
import { commandLine } from "./processes.ts";
import { until } from "./until.ts";

const PROGRAM = join(import.meta.dir, "hosts/leaves-a-pool-idle.ts");

function startHost(...argv: string[]): Bun.Subprocess<"ignore", "pipe", "inherit"> {
  return Bun.spawn([process.execPath, "--conditions=hutch-source", PROGRAM, ...argv], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
}

describe.each(["linux-clone", "posix-fork"])("a program that ends without closing its pool, on %s", (backend) => {
  test("ends, with its workers and the jobs that waited in them", async () => {
    const host = startHost("idle", backend);
    const [pid = "", started = ""] = (await new Response(host.stdout).text()).split("\n");
    expect(await host.exited).toBe(0);
    expect(pid).toBe(`${host.pid}`);
    const seen = JSON.parse(started) as number[];
    expect(seen.length).toBeGreaterThan(2);
    // They were killed before the program ended; the kernel may take a moment more.
    await until(() => seen.every((each) => commandLine(each) === ""));
    expect(cgroupFoldersOf(host.pid)).toEqual([]);
  }, 60_000);

  test("does not end while a job runs", async () => {
    const host = startHost("busy", backend);
    const said = await new Response(host.stdout).text();
    expect(await host.exited).toBe(0);
    expect(said.split("\n")).toEqual([`${host.pid}`, expect.stringContaining(","), "later", ""]);
  }, 60_000);
});
