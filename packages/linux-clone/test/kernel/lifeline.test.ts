// The host is killed at any moment of any launch: nothing of a job may stay.
import { test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describeInSandbox } from "./need-sandbox.ts";

const HOST = fileURLToPath(new URL("../jobs-host.ts", import.meta.url));
const ROUNDS = 12;

function processesWith(marker: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(marker) &&
          !readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z ")
        );
      } catch (error) {
        if (error instanceof Error && "code" in error) return false;
        throw error;
      }
    });
}

describeInSandbox("lifeline", () => {
  test("no process of a job outlives a host that was killed with SIGKILL", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const marker = `hutch-lifeline-${process.pid}-${round}`;
      const host = Bun.spawn([process.execPath, "--conditions=hutch-source", HOST, marker], {
        stdout: "pipe",
        stderr: "inherit",
      });
      const reader = host.stdout.getReader();
      await reader.read();
      await Bun.sleep(Math.random() * 60);
      host.kill("SIGKILL");
      await host.exited;
      // Were one to stay, the test would hang.
      while (processesWith(marker).length > 0) await Bun.sleep(10);
    }
  });
});
