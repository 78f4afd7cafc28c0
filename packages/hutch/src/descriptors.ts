// The descriptors of one job: which end the host keeps and which end goes to the job.
import { O, type OwnedFd, open, pipe2, SOCK, socketpair } from "@hutch/syscall";

/** What the host keeps. */
export interface HostEnds {
  /** Closes when the job's init is gone; a failed step and the exit are told on it. */
  readonly status: OwnedFd;
  readonly stdout: OwnedFd;
  readonly stderr: OwnedFd;
  /** Request and response; null for commands. */
  readonly job: OwnedFd | null;
}

/** What the job gets. The launching process closes its own copies after the launch. */
export interface JobEnds extends Disposable {
  readonly status: OwnedFd;
  readonly stdin: OwnedFd;
  readonly stdout: OwnedFd;
  readonly stderr: OwnedFd;
  readonly job: OwnedFd | null;
}

export interface JobDescriptors {
  readonly host: HostEnds;
  readonly job: JobEnds;
}

export interface DescriptorOptions {
  /** What becomes descriptor 0; /dev/null unless given. */
  readonly stdin?: OwnedFd;
  readonly conversation: boolean;
  /** stdout and stderr are sockets, which the host can listen to without being kept alive by them. */
  readonly background?: boolean;
}

export function openDescriptors(options: DescriptorOptions): JobDescriptors {
  using undo = new DisposableStack();
  const own = <T extends Disposable>(value: T): T => undo.use(value);
  const stream = (): { readonly read: OwnedFd; readonly write: OwnedFd } => {
    if (options.background !== true) return own(pipe2());
    const { a, b } = own(socketpair(SOCK.STREAM));
    return { read: a, write: b };
  };
  const stdin = own(options.stdin ?? open("/dev/null", O.RDONLY));
  const status = own(socketpair(SOCK.STREAM));
  const stdout = stream();
  const stderr = stream();
  const job = options.conversation ? own(socketpair(SOCK.STREAM)) : null;
  undo.move();
  const ends = [stdin, status.b, stdout.write, stderr.write, ...(job === null ? [] : [job.b])];
  return {
    host: { status: status.a, stdout: stdout.read, stderr: stderr.read, job: job?.a ?? null },
    job: {
      status: status.b,
      stdin,
      stdout: stdout.write,
      stderr: stderr.write,
      job: job?.b ?? null,
      [Symbol.dispose]() {
        for (const end of ends) end.close();
      },
    },
  };
}
