// The fork server: one long-lived, single-threaded Bun process that clones jobs and holds none of their data.
//
// Theory of operation
//   The host starts this program inside the pool's sandbox: it has no capability, no network, an empty environment, and sees
//   only the pool's files. Descriptor 3 is the channel to the host (SOCK_SEQPACKET, core's protocol), descriptor 4 a doorbell:
//   a byte on it after each message, because the host's event loop can not wait for the channel itself.
//   1. hello: versions. The host refuses any other than its own.
//   2. setup: policy, limits, init (a memfd), and modules that the user trusts; those are evaluated here, once.
//   3. The process makes itself fit to be copied: no thread but this one, executable memory that a fork may copy, the event
//      loop's descriptors written down. A canary job then proves it, in the same confinement as every later job. A failed
//      canary is not fatal: functions start cold, and every report says so.
//   4. ready, then serve(): a plain loop over poll(2). The event loop never runs here again, so a copy has nothing half done.
//   5. A warm job is a copy of this process. In it serve() returns, the event loop is made anew, randomness is reseeded, and
//      the runtime reads its request from descriptor 3, which is then the job's own socket.
// The process ends when the host closes the channel; its init ends then too, and the kernel ends every job with it.

import { exitGroup } from "@hutch/syscall";
import { startCanaryWork } from "./canary.ts";
import { HostChannel } from "./host-channel.ts";
import { JobLauncher } from "./job-launcher.ts";
import { prepareToBeCopied } from "./readiness.ts";
import { renounceKeyring } from "./renounce-keyring.ts";
import { serve } from "./serve.ts";
import { becomeJob, renewCopy } from "./start-job.ts";

const CONTROL = 3;
const DOORBELL = 4;

// ORDER: when this module, and Bun's own that imports it, are over: no copy has to end them. A module that is still awaited
// would keep a copy alive, too, and then nobody would notice that the user's promise never settles.
setImmediate(work);

async function work(): Promise<void> {
  const channel = HostChannel.open(CONTROL, DOORBELL);
  const setup = channel.greet();
  if (setup === null) exitGroup(0);
  if (setup.message.backend === "linux-clone") renounceKeyring();
  const launcher = new JobLauncher(setup);
  const readiness = await prepareToBeCopied(setup.message, channel);
  const canary =
    readiness.kind === "ready" ? launcher.canary(readiness.renewal) : ({ kind: "failed", why: readiness.why } as const);
  if (canary.kind === "in-job") {
    renewCopy({ env: [], cwd: "/" });
    startCanaryWork();
    return;
  }
  channel.send({
    kind: "ready",
    start: canary.kind === "passed" ? "warm" : "cold",
    why: canary.kind === "passed" ? "" : canary.why,
    threads: readiness.threads,
    canaryMicros: canary.kind === "passed" ? canary.micros : 0,
    controls: [...launcher.controls],
  });
  const served = serve(channel, launcher);
  if (served.kind !== "in-job") exitGroup(served.kind === "done" ? 0 : 1);
  becomeJob(served.surroundings, served.walkedMs);
}
