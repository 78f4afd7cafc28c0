const PAGE = 4096;

/** Writes to so many bytes and keeps them for longer than from one sample of the host to the next, by the clock of the job. */
export async function hold(bytes: number): Promise<number> {
  const held = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += PAGE) held[at] = 1;
  await Bun.sleep(2000);
  return held[PAGE] ?? 0;
}
