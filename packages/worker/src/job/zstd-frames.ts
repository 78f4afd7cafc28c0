// Where zstd frames begin and end (RFC 8878), read without inflating anything.
// The runtime's decoder takes data that is cut off, and bytes that follow the last frame, for the end of the data.

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
const CHECKSUM_BYTES = 4;
const BLOCK_HEADER_BYTES = 3;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;

class FrameError extends Error {}

/** null when the bytes are whole frames and nothing else; otherwise what is wrong with them, to follow "it". */
export function refuseZstd(bytes: Uint8Array): string | null {
  if (bytes.byteLength === 0) return "is empty";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    for (let at = 0; at < bytes.byteLength; ) {
      const magic = need(view, at, 4).getUint32(at, true);
      if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC)
        at = skip(view, at + 8, need(view, at, 8).getUint32(at + 4, true));
      else if (magic === FRAME_MAGIC) at = endOfFrame(view, at + 4);
      else
        return at === 0
          ? "is not zstd data"
          : `has ${bytes.byteLength - at} bytes after its end that are not zstd data`;
    }
    return null;
  } catch (error) {
    if (error instanceof FrameError) return error.message;
    throw error;
  }
}

function endOfFrame(view: DataView, start: number): number {
  const descriptor = need(view, start, 1).getUint8(start);
  const singleSegment = (descriptor >> 5) & 1;
  const sizeFlag = descriptor >> 6;
  const contentSize = sizeFlag === 0 ? singleSegment : (CONTENT_SIZE_BYTES[sizeFlag] ?? 0);
  let at = skip(view, start + 1, 1 - singleSegment + (DICTIONARY_ID_BYTES[descriptor & 3] ?? 0) + contentSize);
  for (;;) {
    need(view, at, BLOCK_HEADER_BYTES);
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const type = (header >> 1) & 3;
    if (type === RESERVED_BLOCK) throw new FrameError("is damaged: it has a block of no known type");
    at = skip(view, at + BLOCK_HEADER_BYTES, type === RLE_BLOCK ? 1 : header >> 3);
    if ((header & 1) === 1) return skip(view, at, (descriptor & 4) === 0 ? 0 : CHECKSUM_BYTES);
  }
}

function skip(view: DataView, at: number, length: number): number {
  need(view, at, length);
  return at + length;
}

function need(view: DataView, at: number, length: number): DataView {
  if (at + length > view.byteLength) throw new FrameError(`is cut off after ${view.byteLength} bytes`);
  return view;
}
