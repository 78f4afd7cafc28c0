// Runs one program in a sandbox made by a plan, for tests: pipes, status socket, waiting.
import { type LaunchPlan, type Limits, type PlanRequest, type Policy, parseLimits, parsePolicy } from "@hutch/core";
import {
  CompiledPlan,
  type Fd,
  getegid,
  geteuid,
  O,
  type OwnedFd,
  open,
  pipe2,
  type Reaped,
  read,
  SOCK,
  socketpair,
  tryCall,
  wait4,
} from "@hutch/syscall";
import { lateBindings } from "../src/late-bindings.ts";
import { decodeStatusRecords, parseStatusRecords } from "../src/observe.ts";
import { openInit } from "../src/open-init.ts";
import { planLaunch } from "../src/plan.ts";
import { readHostLayout } from "../src/read-host-layout.ts";

export const PRIVILEGED: boolean = geteuid() === 0;
const IDS = PRIVILEGED
  ? { uid: 0x40000000 + process.pid, gid: 0x40000000 + process.pid }
  : { uid: geteuid(), gid: getegid() };

let init: OwnedFd | undefined;

export interface SandboxOptions {
  readonly policy?: Partial<Policy>;
  readonly limits?: Partial<Limits>;
  readonly change?: (plan: LaunchPlan) => LaunchPlan;
  readonly request?: Partial<PlanRequest>;
  readonly timeoutMs?: number;
  readonly userNamespaces?: number;
  /** As if the kernel had this landlock. */
  readonly landlockAbi?: number;
  readonly cgroups?: readonly Fd[];
  readonly cgroupFolder?: Fd;
  /** What happens when the time is over; process 1 is killed unless given. */
  readonly kill?: () => void;
}

export interface SandboxResult {
  readonly exit: ReturnType<typeof parseStatusRecords>;
  readonly records: ReturnType<typeof decodeStatusRecords>;
  readonly reaped: Reaped;
  readonly stdout: string;
  readonly stderr: string;
}

export function planFor(
  argv: readonly string[],
  options: SandboxOptions = {},
): { plan: LaunchPlan; policy: Policy; limits: Limits; executables: string[] } {
  const policy = parsePolicy(options.policy);
  // An emulated processor needs many times the default for the same script.
  const limits = parseLimits({ cpuMs: 60_000, ...options.limits });
  const name = argv[0] ?? "";
  const executables = name.includes("/")
    ? [name]
    : (policy.env["PATH"] ?? "").split(":").map((folder) => `${folder}/${name}`);
  const layout = readHostLayout(policy);
  const { plan } = planLaunch(
    {
      policy,
      limits,
      start: "exec",
      root: "build",
      privileged: PRIVILEGED,
      ids: IDS,
      cgroups: options.cgroups?.length ?? 0,
      executables,
      descriptors: [0, 1, 2],
      ...options.request,
    },
    { missing: [] },
    options.landlockAbi === undefined
      ? layout
      : { ...layout, landlock: { abi: options.landlockAbi, refusal: options.landlockAbi === 0 ? "ENOSYS" : "" } },
  );
  return { plan: options.change?.(plan) ?? plan, policy, limits, executables };
}

/** Descriptors end at or below the pipe's capacity, so output is read after the end. */
export function sandbox(argv: readonly string[], options: SandboxOptions = {}): SandboxResult {
  const { plan, policy, limits, executables } = planFor(argv, options);
  init ??= openInit();
  using stdin = open("/dev/null", O.RDONLY);
  const out = pipe2(O.NONBLOCK);
  const err = pipe2(O.NONBLOCK);
  const status = socketpair(SOCK.STREAM | SOCK.NONBLOCK);
  const launched = new CompiledPlan(plan).launch(
    status.b.fd,
    lateBindings({
      status: status.b.fd,
      init: init.fd,
      descriptors: [stdin.fd, out.write.fd, err.write.fd],
      cgroups: options.cgroups ?? [],
      cgroupFolder: options.cgroupFolder ?? null,
      limits,
      argv,
      env: Object.entries(policy.env).map(([key, value]) => `${key}=${value}`),
      cwd: policy.cwd,
      executables,
      ...(options.userNamespaces === undefined ? {} : { userNamespaces: options.userNamespaces }),
    }),
  );
  status.b.close();
  out.write.close();
  err.write.close();
  if (launched.kind !== "launched") throw new Error(`not launched: ${JSON.stringify(launched)}`);
  const timer = Bun.nanoseconds() + (options.timeoutMs ?? 60_000) * 1e6;
  let reaped = wait4(launched.pid, 1);
  while (reaped === null) {
    if (Bun.nanoseconds() > timer) {
      if (options.kill === undefined) tryCall("pidfd_send_signal", launched.pidfd.fd, 9);
      else options.kill();
    }
    Bun.sleepSync(0.2);
    reaped = wait4(launched.pid, 1);
  }
  launched.pidfd.close();
  const bytes = drain(status.a);
  const result = {
    exit: parseStatusRecords(bytes, () => plan),
    records: decodeStatusRecords(bytes),
    reaped,
    stdout: decodeText(drain(out.read)),
    stderr: decodeText(drain(err.read)),
  };
  return result;
}

const decodeText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function drain(fd: OwnedFd): Uint8Array {
  using _closed = fd;
  const parts: Uint8Array[] = [];
  for (;;) {
    const buffer = new Uint8Array(65536);
    let count = 0;
    try {
      count = read(fd.fd, buffer);
    } catch (error) {
      if ((error as { code?: string }).code === "EAGAIN") break;
      throw error;
    }
    if (count === 0) break;
    parts.push(buffer.subarray(0, count));
  }
  return Buffer.concat(parts);
}

export function sh(script: string, options: SandboxOptions = {}): SandboxResult {
  return sandbox(["/bin/sh", "-c", script], options);
}
