// The first Ctrl-C or SIGTERM ends the bench after the turn that runs, the second one at once.

/** @returns aborted by the first of these signals */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      // Nothing of ours outlives this process: workers and jobs end with their host, everything else with its stdin.
      if (controller.signal.aborted) process.kill(process.pid, "SIGKILL");
      if (process.stderr.isTTY) process.stderr.write("\r\x1b[KEnding after the turn that runs; once more: at once\n");
      controller.abort();
    });
  }
  return controller.signal;
}
