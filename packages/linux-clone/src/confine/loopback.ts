// The loopback interface of a new network namespace is down; many programs talk to themselves over it.
import type { Step } from "@hutch/core";
import { AF, encodeStruct, IFF, IFREQ_FLAGS_LAYOUT, SIOC, SOCK } from "@hutch/syscall";
import type { PlanContext } from "../plan-context.ts";
import { SCRATCH_SLOT, step } from "../step.ts";
import { wanted } from "./namespaces.ts";

export function planLoopback(context: PlanContext): Step[] {
  if (!wanted(context, "net-namespace")) return [];
  const name = "bring loopback up";
  const request = encodeStruct(IFREQ_FLAGS_LAYOUT, { ifr_name: new TextEncoder().encode("lo"), ifr_flags: IFF.UP });
  const why = "the only interface; it leads nowhere but to the job itself";
  return [
    step(name, "socket", [AF.INET, SOCK.DGRAM | SOCK.CLOEXEC, 0], why, { save: SCRATCH_SLOT }),
    step(name, "ioctl", [{ slot: SCRATCH_SLOT }, SIOC.SIFFLAGS, { bytes: request }], why),
    step(name, "close", [{ slot: SCRATCH_SLOT }], why),
  ];
}
