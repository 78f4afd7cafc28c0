// Functions that jobs call. This module is parsed and evaluated only inside the sandbox.

/** Halves a grey image of one byte per pixel in both directions: bytes in, bytes out. */
export function halve(pixels: Uint8Array, width: number): Uint8Array {
  const height = Math.floor(pixels.length / width);
  const [halfWidth, halfHeight] = [width >> 1, height >> 1];
  const half = new Uint8Array(halfWidth * halfHeight);
  for (let y = 0; y < halfHeight; y++) {
    for (let x = 0; x < halfWidth; x++) {
      const at = 2 * y * width + 2 * x;
      const sum = (pixels[at] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at + width] ?? 0) + (pixels[at + width + 1] ?? 0);
      half[y * halfWidth + x] = sum >> 2;
    }
  }
  return half;
}

/** Values keep their types on the way: maps, dates, big integers. */
export async function describe(
  text: string,
  at: Date,
): Promise<{ words: Map<string, number>; at: Date; hash: bigint }> {
  const words = new Map<string, number>();
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) words.set(word, (words.get(word) ?? 0) + 1);
  return { words, at, hash: BigInt(Bun.hash(text)) };
}

export function parsePrice(text: string): number {
  const price = Number(text);
  if (Number.isNaN(price)) throw new RangeError(`"${text}" is not a price`);
  return price;
}

export function spin(): never {
  for (;;) {
    // Until the CPU limit ends it.
  }
}
