// A command whose stdin is compressed: inflated in the job, then this process becomes the command.
// An answer is sent only when that fails: an error whose name is the errno's, ENOENT, EACCES or ENOEXEC.
import { DEFAULT_PATH, type JobRequest, type JobResponse } from "@hutch/core";
import {
  CLOSE_RANGE,
  call,
  closeRange,
  dup3,
  execve,
  F,
  type Fd,
  fcntl,
  MFD,
  memfdCreate,
  O,
  STDERR,
  STDIN,
  STDOUT,
  SyscallError,
  tryCall,
  writeAll,
} from "@hutch/syscall";

type CommandRequest = Extract<JobRequest, { kind: "command" }>;

const LAST_DESCRIPTOR = 0xffff_ffff;
const FIRST_OTHER = 3;
const LAST_SIGNAL = 64;
const SIGNAL_SET_BYTES = 8;
const SIGACTION_BYTES = 32;
const SIG_SETMASK = 2;

/** Returns only when the command could not be executed. */
export function runCommand({ argv, env }: CommandRequest, stdin: Uint8Array): JobResponse {
  becomeStdin(stdin);
  for (const stream of [STDOUT, STDERR]) blockAgain(stream);
  resetSignals();
  // ORDER: marked, not closed: the socket is still needed to say that the exec failed.
  closeRange(FIRST_OTHER, LAST_DESCRIPTOR, CLOSE_RANGE.CLOEXEC);
  const [program = ""] = argv;
  const code = execute(program, argv, env);
  return { kind: "error", name: code, message: `Cannot execute ${JSON.stringify(program)}: ${code}`, stack: "" };
}

function becomeStdin(bytes: Uint8Array): void {
  using memfd = memfdCreate("stdin", MFD.CLOEXEC);
  writeAll(memfd.fd, bytes);
  call("lseek", memfd.fd, 0, 0);
  dup3(memfd.fd, STDIN, 0);
}

/** The runtime makes its pipes non-blocking, and that belongs to the pipe: most commands take EAGAIN for an error. */
function blockAgain(stream: Fd): void {
  fcntl(stream, F.SETFL, fcntl(stream, F.GETFL) & ~O.NONBLOCK);
}

/** The runtime ignores some signals and blocks none; a command starts with every one as the kernel has it. */
function resetSignals(): void {
  const action = new Uint8Array(SIGACTION_BYTES);
  // SIGKILL and SIGSTOP refuse it.
  for (let signal = 1; signal <= LAST_SIGNAL; signal++) tryCall("rt_sigaction", signal, action, null, SIGNAL_SET_BYTES);
  call("rt_sigprocmask", SIG_SETMASK, new Uint8Array(SIGNAL_SET_BYTES), null, SIGNAL_SET_BYTES);
}

function execute(program: string, argv: readonly string[], env: readonly string[]): string {
  // As execvp(3): a refusal outlives a later "not found".
  let code = "ENOENT";
  for (const path of candidates(program, env)) {
    try {
      execve(path, argv, env);
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      if (error.code !== "ENOENT" && error.code !== "ENOTDIR") code = error.code;
    }
  }
  return code;
}

function candidates(program: string, env: readonly string[]): readonly string[] {
  if (program === "") return [];
  if (program.includes("/")) return [program];
  const path = env.find((entry) => entry.startsWith("PATH="))?.slice("PATH=".length) ?? DEFAULT_PATH;
  return path.split(":").map((folder) => (folder === "" ? `./${program}` : `${folder}/${program}`));
}
