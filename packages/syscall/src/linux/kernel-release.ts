// Which kernel this is, by uname(2): /proc/sys says the same, and is hidden from some processes that can run jobs.
import { call } from "../call.ts";

/** struct utsname: six texts of 65 bytes with their NUL, of which the third is the release. */
const TEXT_BYTES = 65;
const TEXTS = 6;
const RELEASE = 2;

/** As `uname -r` prints it: `6.12.41+deb13-cloud-amd64`. */
export function kernelRelease(): string {
  const names = new Uint8Array(TEXT_BYTES * TEXTS);
  call("uname", names);
  const release = names.subarray(RELEASE * TEXT_BYTES, (RELEASE + 1) * TEXT_BYTES);
  return new TextDecoder().decode(release.subarray(0, release.indexOf(0)));
}

/** Of 6.12.41 it is 6 and 12. */
export function kernelVersion(): readonly [major: number, minor: number] {
  const [major = 0, minor = 0] = kernelRelease().split(/[.-]/).map(Number);
  return [major, minor];
}
