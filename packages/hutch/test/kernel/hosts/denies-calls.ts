// Becomes a program that may not make some calls, as under a container engine's filter: ERRNO CALL[,CALL…] PROGRAM [ARG…].
import {
  BPF,
  encodeStruct,
  execve,
  installFilter,
  PR,
  prctl,
  SECCOMP_RET,
  SOCK_FILTER_LAYOUT,
  type SyscallName,
  syscallNumber,
} from "@hutch/syscall";

const [errno = "", calls = "", program = "", ...args] = process.argv.slice(2);
const numbers = calls.split(",").map((name) => syscallNumber(name as SyscallName));
const statement = (code: number, k: number, jt = 0, jf = 0): Uint8Array =>
  encodeStruct(SOCK_FILTER_LAYOUT, { code, jt, jf, k });
const filter = Buffer.concat([
  statement(BPF.LD | BPF.W | BPF.ABS, 0),
  ...numbers.flatMap((number) => [
    statement(BPF.JMP | BPF.JEQ | BPF.K, number, 0, 1),
    statement(BPF.RET | BPF.K, SECCOMP_RET.ERRNO | Number(errno)),
  ]),
  statement(BPF.RET | BPF.K, SECCOMP_RET.ALLOW),
]);
prctl(PR.SET_NO_NEW_PRIVS, 1);
installFilter(filter);
execve(
  program,
  [program, ...args],
  Object.entries(process.env).map(([name, value]) => `${name}=${value}`),
);
