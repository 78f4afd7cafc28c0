// A job takes as many watches of files as it gets: with the limits of its own namespace, and without.
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LaunchPlan, Step } from "@hutch/core";
import { readText, syscallNumber } from "@hutch/syscall";
import { PRIVILEGED, planFor, type SandboxOptions, sandbox, sh } from "../sandbox.ts";
import { describeInSandbox, testIf } from "./need-sandbox.ts";

const perl = testIf(Bun.which("perl", { PATH: "/usr/bin:/bin" }) !== null, "needs perl");
const FILES = ["max_inotify_instances", "max_inotify_watches"];
const INOTIFY_INIT1 = syscallNumber("inotify_init1");
const FANOTIFY_INIT = syscallNumber("fanotify_init");
/** Until it gets no more; the table of open files is larger. */
const instances = `$n++ while syscall(${INOTIFY_INIT1}, 0) >= 0; print "$n ", $! + 0`;
const limits = { openFiles: 512 };
const EMFILE = 24;
const ENOSPC = 28;

const change =
  (to: (step: Step) => Step[]) =>
  (plan: LaunchPlan): LaunchPlan => ({
    ...plan,
    outer: plan.outer.flatMap(to),
    inner: plan.inner.flatMap(to),
    handover: plan.handover.flatMap(to),
  });
const ofQuotas = ({ detail = "" }: Step): boolean => /max_(inotify|fanotify)/.test(detail);
const without = change((step) => (ofQuotas(step) ? [] : [step]));

function take(options: SandboxOptions): readonly [count: number, errno: number] {
  const [count = Number.NaN, errno = Number.NaN] = sandbox(["perl", "-e", instances], { limits, ...options })
    .stdout.split(" ")
    .map(Number);
  return [count, errno];
}

describeInSandbox("watches of files", () => {
  const machine = (name: string): number => Number(readText(`/proc/sys/fs/inotify/max_user_${name}`));
  const quarter = Math.floor(machine("instances") / 4);

  perl("a job takes a quarter of what its user has, and more of it without the limit", () => {
    expect(take({})).toEqual([quarter, EMFILE]);
    expect(take({ policy: { syscalls: "off" } })).toEqual([quarter, EMFILE]);
    expect(take({ change: without })[0]).toBeGreaterThan(quarter);
  });

  perl("what it starts counts with it", () => {
    const script = `if (fork == 0) { syscall(${INOTIFY_INIT1}, 0) for 1 .. 5; sleep 60 } select(undef, undef, undef, 0.01) while 5 > grep { readlink =~ /inotify/ } </proc/[0-9]*/fd/*>; ${instances}`;
    const { stdout } = sandbox(["perl", "-e", script], { limits });
    expect(stdout).toBe(`${quarter - 5} ${EMFILE}`);
  });

  perl("watches have a limit of their own, which the job can not lift", () => {
    const few = change((step) =>
      step.args.some((argument) => typeof argument === "object" && "late" in argument && argument.late === FILES[1])
        ? [{ ...step, args: [step.args[0] ?? 0, { bytes: new TextEncoder().encode("          10") }, 12] }]
        : [step],
    );
    const add = syscallNumber("inotify_add_watch");
    const script = `mkdir "/tmp/$_" for 1 .. 20; $i = syscall(${INOTIFY_INIT1}, 0); for (1 .. 20) { $p = "/tmp/$_"; last if syscall(${add}, $i, $p, 2) < 0; $n++ } print "$n ", $! + 0`;
    expect(sandbox(["perl", "-e", script], { change: few }).stdout).toBe(`10 ${ENOSPC}`);
    expect(sandbox(["perl", "-e", script]).stdout.split(" ")[0]).toBe("20");
    const { stdout } = sh(
      `cd /proc/sys/user; cat ${FILES.join(" ")}; for f in ${FILES.join(" ")}; do { echo 1000000 > $f; } 2>&1 | grep -c denied; done`,
    );
    expect(stdout).toBe(`${quarter}\n${Math.floor(machine("watches") / 4)}\n1\n1\n`);
  });

  testIf(
    !PRIVILEGED && Bun.which("perl") !== null,
    "as anybody but root, whose jobs have an id of their own; needs perl",
  )(
    "another program of the user gets one while a job holds all that it got, and without the limit it gets none",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
      const wait = (name: string): string =>
        `$w = 0; select(undef, undef, undef, 0.01) until -e "${name}" || $w++ > 3000;`;
      const tell = (name: string, what: string): string =>
        `open(F, ">", "${name}.new"); print F ${what}; close F; rename("${name}.new", "${name}")`;
      const other = (): string => {
        const script = `${wait(`${folder}/full`)} ${tell(`${folder}/answer`, `syscall(${INOTIFY_INIT1}, 0) >= 0 ? "one" : "none"`)}`;
        Bun.spawn(["perl", "-e", script]).unref();
        return `1 while syscall(${INOTIFY_INIT1}, 0) >= 0; ${tell("/shown/full", "1")}; ${wait("/shown/answer")} open(F, "<", "/shown/answer"); print <F>; unlink "/shown/full", "/shown/answer"`;
      };
      const policy = { files: [{ kind: "read-write", source: folder, path: "/shown" }] } as const;
      try {
        expect(sandbox(["perl", "-e", other()], { limits, policy }).stdout).toBe("one");
        expect(sandbox(["perl", "-e", other()], { limits, policy, change: without }).stdout).toBe("none");
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  perl("fanotify has limits too, where the policy lets a job have it", () => {
    const groups = `$n++ while syscall(${FANOTIFY_INIT}, 0x200, 0) >= 0; print "$n ", $! + 0`;
    const most = Number(readText("/proc/sys/fs/fanotify/max_user_groups"));
    const run = (options: SandboxOptions): string => sandbox(["perl", "-e", groups], { limits, ...options }).stdout;
    expect(run({ policy: { syscalls: "off" } })).toBe(`${Math.floor(most / 4)} ${EMFILE}`);
    expect(Number(run({ policy: { syscalls: "off" }, change: without }).split(" ")[0])).toBeGreaterThan(most / 4);
    expect(run({})).toBe(" 1");
  });
});

test("the limits are in the plan of every job, and in no worker's", () => {
  const written = (options: SandboxOptions): number =>
    Object.values(planFor(["true"], options).plan)
      .filter((steps) => Array.isArray(steps))
      .flat()
      .filter((step: Step) => ofQuotas(step) && step.call === "write").length;
  expect(written({})).toBe(2);
  expect(written({ policy: { syscalls: "off" } })).toBe(4);
  expect(written({ request: { launchesJobs: true } })).toBe(0);
});

describeInSandbox("where /proc/sys is hidden", () => {
  testIf(PRIVILEGED, "only root may make a /proc below one that is covered in part")(
    "a job takes a quarter of what kernels begin with",
    () => {
      const counts = `exec 2>&1; cat /proc/sys/user/${FILES[0]} /proc/sys/user/${FILES[1]}`;
      const program = `const { sh } = await import("${join(import.meta.dir, "../sandbox.ts")}"); console.log(sh("${counts}").stdout)`;
      const hide = `mount -t tmpfs none /proc/sys && exec "$0" "$@"`;
      const argv = [process.execPath, "--conditions=hutch-source", "-e", program];
      const { stdout, stderr } = Bun.spawnSync(["unshare", "-m", "sh", "-c", hide, ...argv]);
      expect([stdout.toString(), stderr.toString()]).toEqual(["32\n2048\n\n", ""]);
    },
  );
});
