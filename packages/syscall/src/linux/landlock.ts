// Landlock: names of rights by ABI, and the raw calls (landlock(7)).
import { call, checked, tryCall } from "../call.ts";
import { type Fd, OwnedFd, toFd } from "../fd.ts";

/** Rights on files. REFER SINCE: ABI 2. TRUNCATE SINCE: ABI 3. IOCTL_DEV SINCE: ABI 5. RESOLVE_UNIX SINCE: ABI 9, Linux 7.1. */
export const LANDLOCK_ACCESS_FS = {
  EXECUTE: 0x1,
  WRITE_FILE: 0x2,
  READ_FILE: 0x4,
  READ_DIR: 0x8,
  REMOVE_DIR: 0x10,
  REMOVE_FILE: 0x20,
  MAKE_CHAR: 0x40,
  MAKE_DIR: 0x80,
  MAKE_REG: 0x100,
  MAKE_SOCK: 0x200,
  MAKE_FIFO: 0x400,
  MAKE_BLOCK: 0x800,
  MAKE_SYM: 0x1000,
  REFER: 0x2000,
  TRUNCATE: 0x4000,
  IOCTL_DEV: 0x8000,
  RESOLVE_UNIX: 0x10000,
} as const;

/** Rights on TCP ports. SINCE: ABI 4, Linux 6.7. */
export const LANDLOCK_ACCESS_NET = { BIND_TCP: 1, CONNECT_TCP: 2 } as const;

/** What may not leave the domain. SINCE: ABI 6, Linux 6.12. */
export const LANDLOCK_SCOPE = { ABSTRACT_UNIX_SOCKET: 1, SIGNAL: 2 } as const;

/** Kinds of rules. NET_PORT SINCE: ABI 4. */
export const LANDLOCK_RULE = { PATH_BENEATH: 1, NET_PORT: 2 } as const;

/** Flags of landlock_create_ruleset(2) that ask instead of creating. */
export const LANDLOCK_CREATE_RULESET = { VERSION: 1, ERRATA: 2 } as const;

/** Flags of landlock_restrict_self(2). SINCE: ABI 7, Linux 6.15. */
export const LANDLOCK_RESTRICT_SELF = { LOG_SAME_EXEC_OFF: 1, LOG_NEW_EXEC_ON: 2, LOG_SUBDOMAINS_OFF: 4 } as const;

/**
 * The newest ABI that the kernel has.
 * @throws SyscallError ENOSYS if it is built without landlock (or older than 5.13), EOPNOTSUPP if it is switched off.
 */
export function landlockAbi(): number {
  return call("landlock_create_ruleset", null, 0, LANDLOCK_CREATE_RULESET.VERSION);
}

/** landlock_create_ruleset(2). `attributes` is a landlock_ruleset_attr whose length fits the ABI. */
export function landlockCreateRuleset(attributes: Uint8Array): OwnedFd {
  return new OwnedFd(toFd(call("landlock_create_ruleset", attributes, attributes.byteLength, 0)));
}

/** landlock_add_rule(2). */
export function landlockAddRule(ruleset: Fd, rule: number, attributes: Uint8Array): void {
  call("landlock_add_rule", ruleset, rule, attributes, 0);
}

/** landlock_restrict_self(2) of the calling thread, for good. Needs no_new_privs or CAP_SYS_ADMIN. */
export function landlockRestrictSelf(ruleset: Fd, flags: number = 0): void {
  checked("landlock_restrict_self", tryCall("landlock_restrict_self", ruleset, flags));
}
