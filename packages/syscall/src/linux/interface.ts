// Network interfaces: constants to bring the loopback of a fresh network namespace up (netdevice(7)).

/** ioctls of a socket that read and write an ifreq. */
export const SIOC = { GIFFLAGS: 0x8913, SIFFLAGS: 0x8914 } as const;

/** Flags of an interface. */
export const IFF = { UP: 0x1, LOOPBACK: 0x8, RUNNING: 0x40 } as const;
