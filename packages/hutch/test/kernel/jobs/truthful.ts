// Jobs whose end and use are known beforehand, for a comparison with what their reports say. One act per export.

export interface Said {
  readonly id: number;
  /** What the job itself saw of its CPU time, milliseconds. */
  readonly cpuMs: number;
}

/** Uses so much CPU time, sleeps, and says what it used. */
export async function work(id: number, cpuMs: number, sleepMs: number): Promise<Said> {
  const used = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const before = used();
  while (used() - before < cpuMs) Math.sqrt(id);
  await new Promise((resolve) => setTimeout(resolve, sleepMs));
  return { id, cpuMs: used() };
}

export function exit(code: number): never {
  process.exit(code);
}

export function fail(id: number): never {
  throw new Error(`job ${id}`);
}

export function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
}
