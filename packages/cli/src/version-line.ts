// What --version prints: everything that decides how a sandbox behaves.
import { release, type } from "node:os";
import { HUTCH_VERSION } from "hutch";

export function versionLine(): string {
  return `sandbox-cli ${HUTCH_VERSION} (Bun ${Bun.version}, ${type()} ${release()})`;
}
