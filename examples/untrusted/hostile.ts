// What code may try that somebody pasted into a form. The demo runs it in a sandbox only.
import { readdirSync, readFileSync } from "node:fs";

function attempt(action: () => unknown): string {
  try {
    return String(action());
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

/** Looks for anything worth taking. @param hostFile a file that exists on the host */
export async function snoop(hostFile: string): Promise<Record<string, string>> {
  return {
    "read /etc/shadow": attempt(() => `got ${readFileSync("/etc/shadow").length} bytes`),
    "read a file of the host": attempt(() => `got ${readFileSync(hostFile).length} bytes`),
    "write into /usr/bin": attempt(() =>
      Bun.spawnSync(["/bin/touch", "/usr/bin/x"]).stderr.toString().trim().split(": ").at(-1),
    ),
    "kill process 1": attempt(() => process.kill(1, "SIGKILL") && "no error, and it is still there"),
    "look at environment": Object.keys(process.env).join(" "),
    "count processes": String(readdirSync("/proc").filter((name) => /^\d+$/.test(name)).length),
    "connect out": await fetch("http://192.0.2.1/", { signal: AbortSignal.timeout(500) }).then(
      (response) => `got ${response.status}`,
      (error: { code?: string }) => error.code ?? String(error),
    ),
  };
}

/** Mines, until somebody stops it. */
export function mine(): never {
  for (let hash = 0n; ; ) hash = BigInt(Bun.hash(String(hash)));
}

/** Takes all memory that there is. */
export function hoard(): never {
  const hoarded: Uint8Array[] = [];
  for (;;) hoarded.push(new Uint8Array(16 * 2 ** 20).fill(1));
}
