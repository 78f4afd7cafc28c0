// Runs a program on a machine that refuses some system calls, as an engine's seccomp profile does.
// Arguments: NAME=ERRNO,…, then the program and its arguments.
import { CompiledPlan, SOCK, type SyscallName, socketpair, syscallNumber, wait4 } from "@hutch/syscall";

const LOAD_NUMBER = [0x20, 0, 0, 0] as const;
const ALLOW = 0x7fff_0000;
const ERRNO = 0x0005_0000;
const PR_SET_NO_NEW_PRIVS = 38;
const SECCOMP_SET_MODE_FILTER = 1;

const [calls = "", ...argv] = process.argv.slice(2);
const program: (readonly [number, number, number, number])[] = [LOAD_NUMBER];
for (const [name = "", errno = "1"] of calls.split(",").map((call) => call.split("="))) {
  program.push([0x15, 0, 1, syscallNumber(name as SyscallName)], [0x06, 0, 0, ERRNO | Number(errno)]);
}
program.push([0x06, 0, 0, ALLOW]);
const filter = new Uint8Array(program.length * 8);
const view = new DataView(filter.buffer);
for (const [index, [code, yes, no, value]] of program.entries()) {
  view.setUint16(index * 8, code, true);
  view.setUint8(index * 8 + 2, yes);
  view.setUint8(index * 8 + 3, no);
  view.setUint32(index * 8 + 4, value, true);
}
using status = socketpair(SOCK.STREAM);
const inner = [
  { name: "no new privileges", call: "prctl", args: [PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0] },
  { name: "filter", call: "seccomp", args: [SECCOMP_SET_MODE_FILTER, 0, { filter }] },
  { name: "execute", call: "execve", args: [{ late: "path" }, { late: "argv" }, { late: "envp" }] },
];
const plan = new CompiledPlan({ cloneFlags: 0, outer: [], inner, handover: [], start: "exec" });
const envp = Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
const launched = plan.launch(status.b.fd, { path: argv[0] ?? "", argv, envp });
if (launched.kind !== "launched") throw new Error(`Cannot launch: ${launched.kind}`);
using _pidfd = launched.pidfd;
const end = wait4(launched.pid)?.end;
process.exit(end?.kind === "exited" ? end.code : 99);
