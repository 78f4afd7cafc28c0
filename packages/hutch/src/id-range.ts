// A user namespace with a range of ids, for policies that ask for one. Who may write its maps depends on who launches:
// root makes and maps the namespace beforehand, from outside; everybody else has newuidmap and newgidmap map it while the
// launched process waits (user_namespaces(7)).
import { type ControlReport, type HostIds, SandboxRefusedError } from "@hutch/core";
import {
  CLONE,
  CompiledPlan,
  getegid,
  geteuid,
  type LateValue,
  O,
  type OwnedFd,
  open,
  type Pid,
  pipe2,
  wait4,
  writeAll,
} from "@hutch/syscall";
import { leaseHostRange } from "./host-ids.ts";
import { ownRange } from "./own-range.ts";
import { RANGE_IDS } from "./subordinate-ids.ts";

/** It takes some milliseconds; where accounts are asked for over a network, that can hang. */
const MAP_MS = 5_000;

/** What a launch with a range needs. Disposed after the job: the ids are its own until then. */
export interface IdRange extends Disposable {
  readonly ids: HostIds;
  /** For the plan's steps. */
  readonly late: Readonly<Record<string, LateValue>>;
  /** Called while the launched process waits. Not by root. */
  readonly prepare: ((pid: Pid) => void) | null;
}

/** @throws SandboxRefusedError where this user was given no range, or a program is missing; says what to do */
export function openIdRange(privileged: boolean): IdRange {
  return privileged ? rangeOfRoot() : rangeOfUser();
}

function rangeOfRoot(): IdRange {
  using undo = new DisposableStack();
  const { ids } = undo.use(leaseHostRange());
  const namespace = undo.use(makeMappedNamespace(ids));
  const held = undo.move();
  return {
    ids,
    late: { mappedNamespace: namespace.fd },
    prepare: null,
    [Symbol.dispose]: () => held.dispose(),
  };
}

/** Made by a child that is in it for a moment and does nothing. */
function makeMappedNamespace({ uid, gid }: HostIds): OwnedFd {
  using doorbell = pipe2();
  // The parent's end, so that the child ends with its parent.
  const alone = { name: "alone", call: "close", args: [doorbell.write.fd] } as const;
  const awaited = { name: "await", call: "read", args: [doorbell.read.fd, { bytes: new Uint8Array(1) }, 1] } as const;
  const end = { name: "end", call: "exit_group", args: [0] } as const;
  const plan = new CompiledPlan({
    cloneFlags: CLONE.NEWUSER,
    outer: [],
    inner: [alone, awaited, end],
    handover: [],
    start: "exec",
  });
  let namespace: OwnedFd | null = null;
  const launched = plan.launch(doorbell.read.fd, {}, (pid) => {
    writeMap(`/proc/${pid}/uid_map`, uid);
    writeMap(`/proc/${pid}/gid_map`, gid);
    namespace = open(`/proc/${pid}/ns/user`, O.RDONLY | O.CLOEXEC);
    ring(doorbell.write);
  });
  if (launched.kind === "launched") {
    wait4(launched.pid);
    launched.pidfd.close();
    if (namespace !== null) return namespace;
  }
  throw refusal(`the kernel refused a user namespace: ${launched.kind === "refused" ? launched.code : launched.kind}`);
}

function writeMap(path: string, first: number): void {
  using file = open(path, O.WRONLY | O.CLOEXEC);
  writeAll(file.fd, new TextEncoder().encode(`0 ${first} ${RANGE_IDS}\n`));
}

function rangeOfUser(): IdRange {
  const own = ownRange();
  if (own.kind === "none") throw refusal(own.why, own.fix);
  const [uid, gid] = [geteuid(), getegid()];
  const doorbell = pipe2();
  return {
    ids: { uid, gid },
    late: { idMap: doorbell.read.fd, idMapHost: doorbell.write.fd },
    prepare: (pid) => {
      map(own.newuidmap, pid, uid, own.users);
      map(own.newgidmap, pid, gid, own.groups);
      ring(doorbell.write);
    },
    [Symbol.dispose]: () => doorbell[Symbol.dispose](),
  };
}

/** The caller's own id becomes root inside, the range all others. */
function map(program: string, pid: Pid, own: number, first: number): void {
  const others = RANGE_IDS - 1;
  const argv = [program, pid, 0, own, 1, 1, first, others].map(String);
  const { success, stderr, exitedDueToTimeout } = Bun.spawnSync(argv, {
    env: {},
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    timeout: MAP_MS,
  });
  if (exitedDueToTimeout === true) throw refusal(`${program} took longer than ${MAP_MS} ms`);
  if (!success) throw refusal(`${program} refused: ${stderr.toString().trim()}`);
}

function ring(doorbell: OwnedFd): void {
  writeAll(doorbell.fd, new Uint8Array(1));
}

function refusal(why: string, fix?: string): SandboxRefusedError {
  const report: ControlReport = { name: "unprivileged-ids", state: "unavailable", why };
  return new SandboxRefusedError([fix === undefined ? report : { ...report, fix }]);
}
