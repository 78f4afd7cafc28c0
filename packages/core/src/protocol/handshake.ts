// The host refuses a worker of another version before anything else is said. RULE: the bytes of a hello never change, so that
// every version can read that of every other one.
import type { Hello } from "./messages.ts";
import { PROTOCOL_VERSION } from "./messages.ts";

export interface Versions {
  readonly hutchVersion: string;
  readonly bunVersion: string;
}

/** null when the worker fits; otherwise one sentence that says what differs. */
export function refuseHello(hello: Hello, host: Versions): string | null {
  if (hello.protocolVersion !== PROTOCOL_VERSION)
    return `the worker speaks protocol ${hello.protocolVersion}, the host ${PROTOCOL_VERSION}`;
  if (hello.hutchVersion !== host.hutchVersion)
    return `the worker is Hutch ${hello.hutchVersion}, the host ${host.hutchVersion}`;
  if (hello.bunVersion !== host.bunVersion)
    return `the worker runs Bun ${hello.bunVersion}, the host ${host.bunVersion}`;
  return null;
}
