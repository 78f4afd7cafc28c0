// A pool that nobody closes: idle it does not keep the program alive, and it leaves nothing; with a job in it, it does.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { cgroupFoldersOf } from "./cgroup-folders.ts";
import { commandLine, descendantsOf } from "./processes.ts";
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
    const seen = new Set<number>();
    await until(() => {
      for (const pid of descendantsOf(host.pid)) seen.add(pid);
      return host.exitCode !== null;
    });
    expect(host.exitCode).toBe(0);
    expect(seen.size).toBeGreaterThan(2);
    // They were killed before the program ended; the kernel may take a moment more.
    await until(() => [...seen].every((pid) => commandLine(pid) === ""));
    expect(cgroupFoldersOf(host.pid)).toEqual([]);
  }, 60_000);

  test("does not end while a job runs", async () => {
    const host = startHost("busy", backend);
    const said = await new Response(host.stdout).text();
    expect(await host.exited).toBe(0);
    expect(said.split("\n")).toEqual([`${host.pid}`, "later", ""]);
  }, 60_000);
});
