// Stops a child of a host while it is being set up, whenever it sees one, and says which.
import { readFileSync } from "node:fs";
import { tryCall } from "@hutch/syscall";
import { childrenOf } from "../processes.ts";

const [SIGCONT, SIGSTOP] = [18, 19];

const host = Number(process.argv[2]);
const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};
const program = read(`/proc/${host}/comm`);

/** Until process 1 executes init it has the name of its launcher. */
function stopOne(): number | null {
  for (const pid of childrenOf(host)) {
    if (pid === process.pid || read(`/proc/${pid}/comm`) !== program) continue;
    if (tryCall("kill", pid, SIGSTOP) < 0) continue;
    // ORDER: it may run on for a moment, and become init in it.
    while (/^State:\s+[RSD]/m.test(read(`/proc/${pid}/status`)));
    const late = read(`/proc/${pid}/comm`) !== program;
    if (!late) return pid;
    tryCall("kill", pid, SIGCONT);
  }
  return null;
}

for (let stopped: number | null = null; stopped === null; ) {
  stopped = stopOne();
  if (stopped !== null) console.log(stopped);
}
