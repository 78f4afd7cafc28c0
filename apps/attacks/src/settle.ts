// Waiting until nothing is wrong any more. What is still wrong after many looks, is.
const PAUSE_MS = 10;
const LOOKS = 1000;

/** @returns the problems of the last look; none as soon as one look finds none */
export async function settle(look: () => readonly string[]): Promise<readonly string[]> {
  let found = look();
  for (let looks = 1; found.length > 0 && looks < LOOKS; looks++) {
    await Bun.sleep(PAUSE_MS);
    found = look();
  }
  return found;
}
