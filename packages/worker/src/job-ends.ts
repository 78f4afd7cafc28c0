// The descriptors that come with a launch request, by what they are for.
import type { DescriptorSlot } from "@hutch/core";
import type { SupervisedEnds } from "@hutch/linux-clone";
import type { Fd, OwnedFd } from "@hutch/syscall";

export interface JobEnds {
  readonly status: Fd;
  readonly stdin: Fd;
  readonly stdout: Fd;
  readonly stderr: Fd;
  readonly job: Fd | null;
  readonly cgroups: readonly Fd[];
  /** null where nobody supervises it: the pool's policy does not, or it is no job. */
  readonly supervised: Pick<SupervisedEnds, "calls" | "handover"> | null;
}

/** The descriptors of a launch request by name. @throws TypeError when one is missing or unknown */
export function endsBySlot(slots: readonly DescriptorSlot[], descriptors: readonly OwnedFd[]): JobEnds {
  const bySlot = new Map(slots.map((slot, index) => [slot, (descriptors[index] as OwnedFd).fd]));
  const need = (slot: DescriptorSlot): Fd => {
    const fd = bySlot.get(slot);
    if (fd === undefined) throw new TypeError(`Cannot launch: descriptor "${slot}" is missing`);
    return fd;
  };
  const cgroups = slots.filter((slot) => slot.startsWith("cgroup")).map(need);
  const calls = bySlot.get("supervisor");
  return {
    status: need("status"),
    stdin: need("stdin"),
    stdout: need("stdout"),
    stderr: need("stderr"),
    job: bySlot.get("job") ?? null,
    cgroups,
    supervised: calls === undefined ? null : { calls, handover: need("handover") },
  };
}
