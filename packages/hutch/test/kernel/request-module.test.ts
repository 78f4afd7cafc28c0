// The descriptor of a module that comes with a job's request: what a job can do to it, and to that of another job.
import { expect, test } from "bun:test";
import { fchmodSync, openSync, readFileSync, writeSync } from "node:fs";
import { parseLimits } from "@hutch/core";
import { controlSpace, unpackRights } from "@hutch/fdpass";
import {
  FINAL_SEALS,
  fileIdentity,
  getSeals,
  type OwnedFd,
  PROT,
  SOCK,
  socketpair,
  tryCall,
  tryRecvmsg,
} from "@hutch/syscall";
import { sendRequest } from "../../src/request.ts";

const EPERM = 1;
const MAP_SHARED = 1;
const PAGE_BYTES = 4096;
const module = new Uint8Array(PAGE_BYTES).fill(7);

/** What arrives where the job's end of the socket is. */
function receiveModule(): OwnedFd {
  using pair = socketpair(SOCK.STREAM);
  const input = { bytes: new Uint8Array(), compression: "none" } as const;
  sendRequest(
    pair.a.fd,
    { kind: "wasm", module, checksum: "", exportName: "run", input },
    { env: {}, limits: parseLimits({}) },
  );
  const control = new Uint8Array(new ArrayBuffer(controlSpace(2)));
  const { controlBytes } = tryRecvmsg(pair.b.fd, new Uint8Array(new ArrayBuffer(PAGE_BYTES)), control);
  const [descriptor, ...more] = unpackRights(control.subarray(0, controlBytes));
  if (descriptor === undefined || more.length > 0) throw new Error("expected one descriptor");
  return descriptor;
}

test("no job can write to its module, and what it does to the file itself is seen by no other job", () => {
  using mine = receiveModule();
  expect(getSeals(mine.fd) & FINAL_SEALS).toBe(FINAL_SEALS);
  const path = `/proc/self/fd/${mine.fd}`;
  for (const attempt of [() => writeSync(mine.fd, "x", 0), () => writeSync(openSync(path, "r+"), "x", 0)])
    expect(attempt).toThrow("EPERM");
  expect(tryCall("ftruncate", mine.fd, 0)).toBe(-EPERM);
  expect(tryCall("ftruncate", mine.fd, 2 * PAGE_BYTES)).toBe(-EPERM);
  expect(tryCall("mmap", 0, PAGE_BYTES, PROT.READ | PROT.WRITE, MAP_SHARED, mine.fd, 0)).toBe(-EPERM);
  // Seals say nothing of the rest: rights, times, locks and the position are those of the file.
  fchmodSync(mine.fd, 0);
  expect(tryCall("lseek", mine.fd, PAGE_BYTES, 0)).toBe(PAGE_BYTES);
  expect(tryCall("flock", mine.fd, 6)).toBe(0);
  using theirs = receiveModule();
  expect(fileIdentity(theirs.fd)).not.toEqual(fileIdentity(mine.fd));
  expect(tryCall("flock", theirs.fd, 6)).toBe(0);
  expect(tryCall("lseek", theirs.fd, 0, 1)).toBe(0);
  expect(new Uint8Array(readFileSync(`/proc/self/fd/${theirs.fd}`))).toEqual(module);
});
