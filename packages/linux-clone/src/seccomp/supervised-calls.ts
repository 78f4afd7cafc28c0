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

/** @throws TypeError for a name that no handler can be for, with the reason */
export function checkHandled({ connect, handled }: Supervise): void {
  const target = { arch: arch(), kernel: KERNEL };
  const numbers: Readonly<Record<string, number | undefined>> = syscallNumbers(target.arch);
  const known = [...new Set([...Object.keys(syscallNumbers("x86-64")), ...Object.keys(syscallNumbers("arm64"))])];
  const ours = new Set<string>([...callsOfSetup(), ...CALLS_OF_OURS]);
  const rules = resolveProfile(COMMAND_PROFILE, target);
  for (const name of handled) {
    const refused = (why: string): never => {
      throw new TypeError(`Cannot use policy.supervise.calls.${name}: ${why}`);
    };
    // What only the other architecture has is passed over, as in profiles.
    if (!known.includes(name)) refused(`there is no such system call${suggest(name, known)}`);
    if (ours.has(name)) refused("the setup of every job makes this call before anybody could answer");
    if (name === "connect" && connect.length > 0)
      refused("policy.supervise.connect decides this call; leave one of them out");
    if (rules.calls.get(numbers[name] ?? -1)?.otherwise === KILL) refused("it ends the job, whoever decides");
  }
}
