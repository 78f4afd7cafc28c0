// A module that starts work of its own when it is evaluated, which is before anybody calls it.
import { spawn } from "node:child_process";

const PORT = 40_001;
const LISTEN = `import socket,time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", ${PORT})); s.listen(); time.sleep(60)`;
// Each process for a moment only, so that no limit of a single one is reached.
const SPIN = "while :; do (i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done); done";

spawn("/usr/bin/python3", ["-c", LISTEN], { stdio: "ignore", detached: true });
spawn("/bin/sh", ["-c", SPIN], { stdio: "ignore", detached: true });

export function port(): number {
  return PORT;
}
