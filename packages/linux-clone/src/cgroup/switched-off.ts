// Which controller the kernel was told to leave out at boot. Pure: text of /proc/cgroups in.

/** The first of these that is there and switched off. A line of it: `memory 0 61 1`, where the last number says whether it is on. */
export function switchedOff(names: readonly string[], table: string): string | undefined {
  return names.find((name) => new RegExp(`^${name}\\s+\\d+\\s+\\d+\\s+0$`, "m").test(table));
}
