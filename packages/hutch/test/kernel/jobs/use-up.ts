// Taking more than a job may: processes, CPU time, memory, descriptors, files.
import { toArrayBuffer } from "bun:ffi";
import { mkdirSync, openSync, writeFileSync } from "node:fs";
import { codeOf, native, text } from "./native-calls.ts";

/** Forks until it is refused; the children stay. */
export function multiply(most: number): readonly [made: number, refused: number] {
  for (let made = 0; made < most; made++) {
    const pid = native("fork");
    if (pid === 0) for (;;) native("pause");
    if (pid < 0) return [made, pid];
  }
  return [most, 0];
}
/** Children that nobody waits for each use a little CPU time. */
export function burnUnseen(ms: number): number {
  native("signal", 17, 1);
  for (const until = performance.now() + ms; performance.now() < until; ) {
    if (native("fork") === 0) {
      for (const end = performance.now() + 8; performance.now() < end; );
      native("_exit", 0);
    }
    native("waitpid", -1, 0, 0);
  }
  return ms;
}
export function burn(ms: number): number {
  for (const until = performance.now() + ms; performance.now() < until; );
  return ms;
}

const MIB = 2 ** 20;
export function hoard(what: "memfd" | "shm" | "tmpfs", mebibytes: number): number {
  const chunk = new Uint8Array(MIB).fill(1);
  for (let had = 0; had < mebibytes; had += 32) {
    const fd =
      what === "memfd" ? native("memfd_create", text("m"), 0) : what === "tmpfs" ? openSync(`/tmp/${had}`, "w") : -1;
    if (what === "shm") {
      const at = native("shmat", native("shmget", 0, 32 * MIB, 0o1600), 0, 0);
      new Uint8Array(toArrayBuffer(at as Parameters<typeof toArrayBuffer>[0], 0, 32 * MIB)).fill(1);
      native("shmdt", at);
    } else for (let i = 0; i < 32; i++) if (native("write", fd, chunk, MIB) < 0) return had + i;
  }
  return mebibytes;
}
/** Bytes that connections to itself hold when nobody reads. */
export function hoardInSockets(connections: number): number {
  const address = new Uint8Array([2, 0, 0x30, 0x39, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  const listener = native("socket", 2, 1, 0);
  native("bind", listener, address, 16);
  native("listen", listener, connections);
  const chunk = new Uint8Array(65_536);
  let held = 0;
  for (let i = 0; i < connections; i++) {
    const client = native("socket", 2, 1, 0);
    native("connect", client, address, 16);
    native("accept", listener, 0, 0);
    for (let idle = 0; idle < 3; ) {
      const sent = native("send", client, chunk, chunk.byteLength, 0x40);
      if (sent > 0) held += sent;
      else idle += 1 + native("usleep", 500);
    }
  }
  return held;
}
export function fillInodes(): unknown {
  for (let made = 0; ; made++) {
    const code = codeOf(() => void writeFileSync(`/tmp/${made}`, ""));
    if (code !== undefined) return code;
  }
}
export function fillDescriptors(): unknown {
  for (;;) {
    const code = codeOf(() => void openSync("/dev/null", "r"));
    if (code !== undefined) return code;
  }
}
export function digDeep(folders: number): number {
  process.chdir("/tmp");
  for (let made = 0; made < folders; made++) {
    mkdirSync("d");
    if (codeOf(() => process.chdir("d")) !== undefined) return made;
  }
  return folders;
}
