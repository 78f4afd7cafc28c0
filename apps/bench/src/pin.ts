// Binds this process, and with it everything that it starts, to some of the machine's processors.

/** @throws Error where taskset is missing or refuses the list */
export function pinTo(cpus: string): void {
  if (Bun.which("taskset") === null)
    throw new Error("Cannot use --pin: taskset is not in PATH; it is part of util-linux");
  const { exitCode, stderr } = Bun.spawnSync([
    "taskset",
    "--all-tasks",
    "--cpu-list",
    "--pid",
    cpus,
    String(process.pid),
  ]);
  if (exitCode !== 0) throw new Error(`Cannot use --pin "${cpus}": ${stderr.toString().trim()}`);
}
