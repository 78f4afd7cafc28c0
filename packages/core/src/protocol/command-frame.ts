// What a standby for a command reads on its own socket, and what it answers when it could not become that command.
// The other side is C without a library: native/await-command.c in linux-clone.

/** A command with everything that differs from job to job. */
export interface AwaitedCommand {
  /** To try in this order, until one is there. */
  readonly paths: readonly string[];
  readonly argv: readonly string[];
  /** As "NAME=value". */
  readonly env: readonly string[];
}

/** struct request: bytes in all, then how many paths, arguments and variables, 32 bits each, little-endian. */
const HEAD_BYTES = 16;
/** REQUEST_BYTES and MOST_TEXTS of the other side, less the null at the end of each of its lists. */
export const MAX_COMMAND_BYTES: number = 65_536;
export const MAX_COMMAND_TEXTS: number = 4096 - 3;
/** struct refusal: index of the path, errno. */
const REFUSAL_BYTES = 8;

/** @returns null for a command that is too long for a standby: it needs a launch of its own */
export function encodeCommand({ paths, argv, env }: AwaitedCommand): Uint8Array | null {
  const texts = [...paths, ...argv, ...env];
  if (texts.length > MAX_COMMAND_TEXTS) return null;
  const body = new TextEncoder().encode(texts.map((text) => `${text}\0`).join(""));
  const bytes = new Uint8Array(HEAD_BYTES + body.byteLength);
  if (bytes.byteLength > MAX_COMMAND_BYTES) return null;
  const head = new DataView(bytes.buffer);
  for (const [index, value] of [bytes.byteLength, paths.length, argv.length, env.length].entries())
    head.setUint32(index * 4, value, true);
  bytes.set(body, HEAD_BYTES);
  return bytes;
}

export interface Refusal {
  /** Which of the paths. */
  readonly path: number;
  readonly errno: number;
}

/** @returns null when it became the command, and whenever the bytes are no refusal */
export function decodeRefusal(bytes: Uint8Array): Refusal | null {
  if (bytes.byteLength !== REFUSAL_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { path: view.getInt32(0, true), errno: view.getInt32(4, true) };
}
