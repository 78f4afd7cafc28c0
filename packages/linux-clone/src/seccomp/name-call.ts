// A system call that ended a job, in words. Pure.
import { type Arch, AUDIT_ARCH, syscallNumbers, X32_SYSCALL_BIT } from "@hutch/syscall";

const AUDIT_ARCH_I386 = 0x4000_0003;
const AUDIT_ARCH_ARM = 0x4000_0028;
const OTHERS: Readonly<Record<number, string>> = { [AUDIT_ARCH_I386]: "i386", [AUDIT_ARCH_ARM]: "arm" };

/** @param number as the kernel gave it, signed @param auditArch as the kernel gave it, signed or not */
export function nameCall(number: number, auditArch: number): string {
  const which = auditArch >>> 0;
  const arch = (Object.keys(AUDIT_ARCH) as Arch[]).find((name) => AUDIT_ARCH[name] === which);
  if (arch === undefined) return `number ${number} of the architecture ${OTHERS[which] ?? `0x${which.toString(16)}`}`;
  const known = Object.entries(syscallNumbers(arch)).find(([, each]) => each === number);
  if (known !== undefined) return known[0];
  if (arch === "x86-64" && (number & X32_SYSCALL_BIT) !== 0)
    return `number ${number & ~X32_SYSCALL_BIT} of the architecture x32`;
  return `number ${number}`;
}
