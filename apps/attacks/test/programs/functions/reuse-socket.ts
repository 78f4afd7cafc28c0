// Connects the socket that it was given elsewhere, makes it listen, and asks it who is at the other end.
import { closeSync } from "node:fs";
import { call, type Targets, told } from "./native.ts";

const JOB_SOCKET = 3;
const AF_UNIX = 1;

function nameOf(name: string): Uint8Array {
  return new Uint8Array([AF_UNIX, 0, 0, ...Buffer.from(name)]);
}

export default function reuseSocket({ TARGET_NAME = "", TARGET_PID = "" }: Targets): string[] {
  const address = nameOf(TARGET_NAME);
  const path = new Uint8Array([AF_UNIX, 0, ...Buffer.from("/tmp/socket\0")]);
  const lines = [
    told("connect it to a name of the host", call("connect", JOB_SOCKET, address, address.byteLength)),
    told("bind and listen", Math.min(call("bind", JOB_SOCKET, path, path.byteLength), call("listen", JOB_SOCKET, 5))),
    told("have its events sent to the host", call("fcntl", JOB_SOCKET, 8, Number(TARGET_PID))),
  ];
  // A second one, connected from the start, would lead out as well.
  const other = call("socket", AF_UNIX, 1, 0);
  lines.push(told("connect another to a name of the host", call("connect", other, address, address.byteLength)));
  closeSync(other);
  return lines;
}
