// Starts the real program, from its sources, as a user's shell would.
import { join } from "node:path";

/** SANDBOX_CLI_MAIN aims the tests at a built program. */
const MAIN = process.env.SANDBOX_CLI_MAIN ?? join(import.meta.dir, "../src/main.ts");

export interface CliResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface CliOptions {
  readonly stdin?: Uint8Array | Blob;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export function cliCommand(args: readonly string[]): string[] {
  return [process.execPath, "--conditions=hutch-source", MAIN, ...args];
}

export async function spawnCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...inherited } = process.env;
  const child = Bun.spawn(cliCommand(args), {
    stdin: options.stdin ?? "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...inherited, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const [stdout, stderr, status] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { status, stdout, stderr };
}
