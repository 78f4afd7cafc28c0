// What each part of a sandbox costs by itself: the floor with one more of them at a time.
import { Casting } from "../casting.ts";
import type { Scenario } from "../contender.ts";
import { Floor, type FloorStep } from "../floor/floor.ts";
import { ownCgroups } from "../own-cgroups.ts";

const PROGRAM = "/usr/bin/true";
const PLAIN = "C: vfork and exec";

/** Each with everything before it. */
const ADDED: readonly (readonly [FloorStep, string])[] = [
  ["user", "user namespace, no capabilities"],
  ["pid", "process ids"],
  ["init", "a process 1 that waits"],
  ["others", "IPC, host name, cgroup view"],
  ["mount", "mounts, a root of its own, /proc, /tmp"],
  ["net", "network"],
  ["seccomp", "seccomp, 60 rules"],
  ["landlock", "landlock"],
  ["cgroup", "cgroup"],
];

export const floorLevels: Scenario = {
  name: "floor-levels",
  says: `${PROGRAM} from C, with one more part of a sandbox at a time: what the kernel itself asks for each`,
  unit: "ms",
  plot: "bars",
  rounds: { full: 150, quick: 30 },
  seconds: { full: 6, quick: 0.8 },
  async prepare({ signal }) {
    const casting = new Casting(signal);
    const cgroups = ownCgroups();
    await casting.addWith(
      [PLAIN],
      () => Floor.start("fresh", cgroups),
      (floor) => {
        const add = (name: string, steps: readonly FloorStep[]): void =>
          casting.addMeter(name, `floor.c fresh: ${steps.join(", ") || "nothing but vfork and exec"}`, async () => ({
            value: await floor.time(steps, PROGRAM),
          }));
        add(PLAIN, []);
        add("C: fork and exec", ["fork"]);
        for (const [index, [step, name]] of ADDED.entries()) {
          const steps = ADDED.slice(0, index + 1).map(([added]) => added);
          if (step === "cgroup" && cgroups.length === 0)
            casting.addAbsent({ name: "+ cgroup", why: "this user may make no cgroups; sandbox-cli doctor says why" });
          else add(`+ ${name}`, steps);
        }
      },
    );
    return casting.stage(PLAIN, []);
  },
};
