// The environment under which Bun stays single-threaded, as the host gives it to a worker.
export const warmEnvironment: Readonly<Record<string, string>> = {
  PATH: "/usr/bin:/bin",
  BUN_JSC_useConcurrentJIT: "0",
  BUN_JSC_useConcurrentGC: "0",
  BUN_JSC_numberOfGCMarkers: "1",
  BUN_JSC_useWarmUpMarkedBlocks: "0",
  BUN_FEATURE_FLAG_DISABLE_ASYNC_TRANSPILER: "1",
};

/** Runs a program of this folder to its end, with descriptors 3 and 4 taken as they are in a worker. */
export async function runProgram(
  name: string,
  args: readonly string[],
): Promise<{ stdout: Uint8Array; stderr: string; exitCode: number | null }> {
  const program = new URL(name, import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, "--conditions=hutch-source", program, ...args], {
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    env: { ...warmEnvironment },
    timeout: 900_000,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).bytes(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { stdout, stderr, exitCode: child.exitCode };
}
