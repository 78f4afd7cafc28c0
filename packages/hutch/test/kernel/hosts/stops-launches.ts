// Stops a child of a host while it is being set up, whenever it sees one, and says which.
import { readFileSync } from "node:fs";
import { tryCall } from "@hutch/syscall";

const [SIGCONT, SIGSTOP] = [18, 19];

const host = process.argv[2] ?? "";
const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};
const program = read(`/proc/${host}/comm`);

/** Until process 1 executes init it has the name of its launcher. */
function stopOne(): string | null {
  for (const pid of read(`/proc/${host}/task/${host}/children`).trim().split(" ")) {
    if (pid === "" || pid === `${process.pid}` || read(`/proc/${pid}/comm`) !== program) continue;
    if (tryCall("kill", Number(pid), SIGSTOP) < 0) continue;
    const late = read(`/proc/${pid}/comm`) !== program;
    if (!late) return pid;
    tryCall("kill", Number(pid), SIGCONT);
  }
  return null;
}

for (let stopped: string | null = null; stopped === null; ) {
  stopped = stopOne();
  if (stopped !== null) console.log(stopped);
}
