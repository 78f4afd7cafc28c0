// A seccomp filter for peers that take one as a file of BPF: as long as a real one, and it hits nothing.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../temporary-folder.ts";

const RULES = 60;
const FIRST_CALL = 600;
const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const REFUSE = 0x00050001;

export interface PeerFilter extends Disposable {
  readonly path: string;
}

export function writePeerFilter(): PeerFilter {
  const folder = temporaryFolder();
  const path = join(folder.path, "filter.bpf");
  const rules = Array.from({ length: RULES }, (_, index) => [
    instruction(JUMP_IF_EQUAL, FIRST_CALL + index, 0, 1),
    instruction(RETURN, REFUSE),
  ]);
  writeFileSync(path, Buffer.concat([instruction(LOAD_WORD, 0), ...rules.flat(), instruction(RETURN, ALLOW)]));
  return { path, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

/** struct sock_filter: linux/filter.h */
function instruction(code: number, value: number, whenTrue = 0, whenFalse = 0): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint16(0, code, true);
  bytes.setUint8(2, whenTrue);
  bytes.setUint8(3, whenFalse);
  bytes.setUint32(4, value, true);
  return new Uint8Array(bytes.buffer);
}
