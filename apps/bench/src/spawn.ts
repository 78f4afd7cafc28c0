// Processes without a sandbox of ours: the plain side of every comparison, and how peers are started.
import { closeSync, openSync } from "node:fs";

/** The first descriptor behind stdin, stdout and stderr. */
export const EXTRA_DESCRIPTOR = 3;

/**
 * Starts, drains both pipes, waits.
 * @param extra a file that it gets opened for reading as EXTRA_DESCRIPTOR
 * @returns its stdout
 * @throws when it does not exit with 0
 */
export async function outputOf(command: readonly string[], extra?: string): Promise<Uint8Array> {
  const opened = extra === undefined ? null : openSync(extra, "r");
  const child = Bun.spawn([...command], { stdio: ["ignore", "pipe", "pipe", ...(opened === null ? [] : [opened])] });
  if (opened !== null) closeSync(opened);
  const [stdout, stderr, exitCode] = await Promise.all([child.stdout.bytes(), child.stderr.bytes(), child.exited]);
  if (exitCode !== 0) throw new Error(failure(command, exitCode, stderr));
  return stdout;
}

/** The same for those who only want it done. */
export async function spawnWithPipes(command: readonly string[], extra?: string): Promise<void> {
  await outputOf(command, extra);
}

/**
 * Starts and waits.
 * @param extraEnv over our own environment
 * @throws when it does not exit with 0
 */
export async function spawnWithoutPipes(
  command: readonly string[],
  extraEnv: Readonly<Record<string, string>> = {},
): Promise<void> {
  const env = { ...process.env, ...extraEnv };
  const exitCode = await Bun.spawn([...command], { stdio: ["ignore", "ignore", "ignore"], env }).exited;
  if (exitCode === 0) return;
  // Nobody kept what it said: ask again.
  const again = Bun.spawnSync([...command], { stdio: ["ignore", "ignore", "pipe"], env });
  throw new Error(failure(command, exitCode, again.stderr));
}

function failure(command: readonly string[], exitCode: number, stderr: Uint8Array): string {
  const said = new TextDecoder().decode(stderr).trim().slice(0, 300);
  return `"${command[0]}" exited with ${exitCode}${said === "" ? "" : `: ${said}`}`;
}

/** The words as a shell takes them. */
export function commandLine(command: readonly string[]): string {
  return command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
