// Which system calls wait for a decision of the host, and which ones cannot.
import { type Supervise, suggest } from "@hutch/core";
import { arch, type SyscallName, syscallNumbers } from "@hutch/syscall";
import { COMMAND_PROFILE } from "../policies/command-profile.ts";
import { KILL } from "./filter-rules.ts";
import { resolveProfile } from "./resolve-profile.ts";
import { callsOfSetup } from "./split-fatal.ts";

/** What init calls beside them, and a standby before it is a command. */
const CALLS_OF_OURS: readonly SyscallName[] = ["sendmsg", "sendto", "recvmsg", "process_vm_readv"];
const KERNEL = [6, 7] as const;

/** Numbers of this machine, in ascending order. */
export function supervisedNumbers({ connect, handled }: Supervise): number[] {
  const numbers: Readonly<Record<string, number | undefined>> = syscallNumbers(arch());
  const names = [...(connect.length > 0 ? ["connect"] : []), ...handled];
  const found = names.flatMap((name) => numbers[name] ?? []);
  return [...new Set(found)].sort((a, b) => a - b);
}

const OWN = "the setup of every job makes this call itself, before anybody could answer";
/** What decides these without a handler. */
const INSTEAD: Readonly<Partial<Record<SyscallName, string>>> = {
  open: "; which files a job opens is for policy.files to say",
  openat: "; which files a job opens is for policy.files to say",
  execve: "; which programs a job executes is for policy.files to say",
  execveat: "; which programs a job executes is for policy.files to say",
};

let known: readonly string[] | null = null;
let unanswerable: ReadonlyMap<string, string> | null = null;

/** @throws TypeError for a name that no handler can be for, with the reason */
export function checkHandled({ connect, handled }: Supervise): void {
  if (handled.length === 0) return;
  known ??= [...new Set([...Object.keys(syscallNumbers("x86-64")), ...Object.keys(syscallNumbers("arm64"))])];
  unanswerable ??= findUnanswerable();
  for (const name of handled) {
    // What only the other architecture has is passed over, as in profiles.
    const why = known.includes(name)
      ? (unanswerable.get(name) ??
        (name === "connect" && connect.length > 0
          ? "policy.supervise.connect decides this call; leave one of them out"
          : null))
      : `there is no such system call${suggest(name, known)}`;
    if (why !== null) throw new TypeError(`Cannot use policy.supervise.calls.${name}: ${why}`);
  }
}

/** By the name of the call, why. */
function findUnanswerable(): ReadonlyMap<string, string> {
  const target = { arch: arch(), kernel: KERNEL };
  const { calls } = resolveProfile(COMMAND_PROFILE, target);
  const fatal = Object.entries(syscallNumbers(target.arch)).filter(
    ([, number]) => calls.get(number)?.otherwise === KILL,
  );
  return new Map([
    ...fatal.map(([name]) => [name, "it ends the job, whoever decides"] as const),
    ...[...callsOfSetup(), ...CALLS_OF_OURS].map((name) => [name, `${OWN}${INSTEAD[name] ?? ""}`] as const),
  ]);
}
