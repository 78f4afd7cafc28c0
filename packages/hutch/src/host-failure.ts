// A kernel call that failed on our side becomes the error that callers expect, with what helps.
import { HostError } from "@hutch/core";
import { isSyscallError, type SyscallError } from "@hutch/syscall";

const HINTS: Readonly<Record<string, string>> = {
  EMFILE: "This process has as many open files as it may have: raise its limit (ulimit -n), or close some",
  ENFILE: "The machine has as many open files as it may have: raise fs.file-max (sysctl), or close some",
  EAGAIN: "This user has as many processes as it may have: raise the limit (ulimit -u), or end some",
  ENOMEM: "The machine has no memory left for it",
  ENOSPC: "Something that the kernel counts is used up: a file system's space, or sysctl user.max_*_namespaces",
};

/** Anything but a failed call is given back as it is. @param doing such as "run the job" */
export function hostFailure(error: unknown, doing: string): unknown {
  // What failed first, and not the clean-up that failed after it.
  if (error instanceof SuppressedError) return hostFailure(error.suppressed, doing);
  const refused = refusedCall(error);
  if (refused === null) return error;
  const hint = HINTS[refused.code];
  return new HostError("HOST_FAILURE", `Cannot ${doing}: the kernel refused ${refused.what}: ${refused.code}`, {
    cause: error,
    hints: hint === undefined ? [] : [hint],
  });
}

/** Also of calls that the runtime made for us, which it tells as Node does. `what`: the call, and what of where that is known. */
function refusedCall(error: unknown): { readonly what: string; readonly code: string } | null {
  if (isSyscallError(error)) return { what: callText(error), code: error.code };
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return null;
  const [call, code] = [String(error.syscall), String(error.code)];
  // Anything else may be a caller's own, given as the reason to stop.
  return code in HINTS ? { what: call, code } : null;
}

function callText({ call, detail }: SyscallError): string {
  return detail === undefined ? call : `${call} ${detail}`;
}

/** @throws what `act` throws, a failed call as the HostError that it is for callers */
export function onHost<T>(doing: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw hostFailure(error, doing);
  }
}
