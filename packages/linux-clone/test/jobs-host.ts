// A host for lifeline.test.ts: starts jobs that never end, one after another, and tells how many it has.
import { CompiledPlan, O, open, SOCK, socketpair } from "@hutch/syscall";
import { lateBindings } from "../src/late-bindings.ts";
import { openInit } from "../src/open-init.ts";
import { planFor } from "./sandbox.ts";

const marker = process.argv[2] ?? "marker";
const argv = ["/bin/sh", "-c", `while :; do sleep 1000; done # ${marker}`];
const { plan, limits, policy, executables } = planFor(argv);
const compiled = new CompiledPlan(plan);
const init = openInit();
const nothing = open("/dev/null", O.RDWR);
const descriptors = [nothing.fd, nothing.fd, nothing.fd];
const held: unknown[] = [];
process.stdout.write("ready\n");
for (let started = 0; started < 40; started += 1) {
  const status = socketpair(SOCK.STREAM);
  held.push(status.a);
  const env = [`MARKER=${marker}`];
  const launched = compiled.launch(
    status.b.fd,
    lateBindings({
      status: status.b.fd,
      init: init.fd,
      descriptors,
      cgroups: [],
      limits,
      argv,
      env,
      cwd: policy.cwd,
      executables,
    }),
  );
  status.b.close();
  if (launched.kind !== "launched") throw new Error(launched.kind);
  held.push(launched.pidfd);
}
await Bun.sleep(60_000);
