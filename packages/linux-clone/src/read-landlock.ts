// Which landlock this kernel has, asked of the kernel: no version number tells, because an owner can leave it out at boot.
import { isSyscallError, landlockAbi, readText } from "@hutch/syscall";
import type { LandlockSupport } from "./host-layout.ts";

let known: LandlockSupport | undefined;

/** The same for the whole life of a process. */
export function readLandlock(): LandlockSupport {
  known ??= ask();
  return known;
}

function ask(): LandlockSupport {
  try {
    return { abi: landlockAbi(), refusal: "" };
  } catch (error) {
    if (isSyscallError(error)) return { abi: 0, refusal: error.code, ...bootedWith() };
    throw error;
  }
}

/** Nothing where securityfs is not mounted, as in a container. */
function bootedWith(): { readonly modules?: string } {
  try {
    return { modules: readText("/sys/kernel/security/lsm").trim() };
  } catch (error) {
    if (isSyscallError(error)) return {};
    throw error;
  }
}
