// A FUSE file system with nothing in it that answers so many requests and then takes them and never answers again.
// Descriptor 3 is the open /dev/fuse. Says on stdout how many it was asked.
import { readSync, writeSync } from "node:fs";

const FUSE = 3;
const [GETATTR, INIT] = [3, 26];
const ENOSYS = 38;
const answers = Number(process.argv[2]);
const request = new DataView(new ArrayBuffer(1 << 17));

function reply(unique: bigint, error: number, body: Uint8Array = new Uint8Array()): void {
  const head = new DataView(new ArrayBuffer(16));
  head.setUint32(0, 16 + body.byteLength, true);
  head.setInt32(4, -error, true);
  head.setBigUint64(8, unique, true);
  writeSync(FUSE, Buffer.concat([new Uint8Array(head.buffer), body]));
}

function initReply(): Uint8Array {
  const out = new DataView(new ArrayBuffer(64));
  out.setUint32(0, 7, true);
  out.setUint32(4, 31, true);
  out.setUint32(20, 4096, true);
  return new Uint8Array(out.buffer);
}

/** A folder that everybody may read, and that is asked about each time. */
function folderReply(): Uint8Array {
  const out = new DataView(new ArrayBuffer(104));
  out.setBigUint64(16, 1n, true);
  out.setUint32(16 + 60, 0o40755, true);
  out.setUint32(16 + 64, 2, true);
  return new Uint8Array(out.buffer);
}

for (let asked = 0; ; ) {
  readSync(FUSE, request);
  const [opcode, unique] = [request.getUint32(4, true), request.getBigUint64(8, true)];
  if (opcode === INIT) reply(unique, 0, initReply());
  else {
    asked += 1;
    console.log(asked);
    if (asked <= answers) opcode === GETATTR ? reply(unique, 0, folderReply()) : reply(unique, ENOSYS);
  }
}
