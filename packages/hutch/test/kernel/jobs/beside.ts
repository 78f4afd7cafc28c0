// What jobs of one worker do beside each other. One act per export.
import { closeSync, openSync, readlinkSync } from "node:fs";

const ADDRESS = { hostname: "127.0.0.1", port: 40_002 } as const;
const NAME = "\0hutch-beside";

/** Which network namespace it is in. */
export function network(): string {
  return readlinkSync("/proc/self/ns/net");
}

/** Holds its place for a while, and says in which network that was. */
export async function networkFor(ms: number): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return network();
}

/** Listens for connections of whoever can reach it, and counts them. */
export async function listen(ms: number): Promise<number> {
  let came = 0;
  const open = (): void => {
    came += 1;
  };
  const socket = { open, data: () => {} };
  using _tcp = Bun.listen({ ...ADDRESS, socket });
  using _abstract = Bun.listen({ unix: NAME, socket });
  await new Promise((resolve) => setTimeout(resolve, ms));
  return came;
}

/** Which of the two could be reached. */
export async function reach(): Promise<string[]> {
  const socket = { data: () => {} };
  const tries = {
    tcp: async () => await Bun.connect({ ...ADDRESS, socket }),
    abstract: async () => await Bun.connect({ unix: NAME, socket }),
  };
  const reached: string[] = [];
  for (const [name, connect] of Object.entries(tries))
    await connect().then(
      () => reached.push(name),
      () => 0,
    );
  return reached;
}

/** Both in one job. */
export async function listenAndReach(): Promise<string[]> {
  const listening = listen(300);
  const reached = await reach();
  await listening;
  return reached;
}

/** Stops every process of its own, itself last. */
export function stop(): void {
  process.kill(process.pid, "SIGSTOP");
}

export function spin(): never {
  for (;;) Math.sqrt(2);
}

export function answer(value: number): number {
  closeSync(openSync("/dev/null", "r"));
  return value;
}
