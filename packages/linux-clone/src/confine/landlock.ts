// A second wall behind the mount tree, and what a mount tree cannot say: no device nodes, no signal and no abstract socket
// out of the job, no TCP port but the policy's. It binds to files and not to paths, so that it also holds for a descriptor
// that leads out of the job's root: nothing there is below a file that has a rule.
import type { ControlReport, FileEntry, Step } from "@hutch/core";
import {
  AT_FDCWD,
  encodeStruct,
  LANDLOCK_ACCESS_NET,
  LANDLOCK_NET_PORT_ATTR_LAYOUT,
  LANDLOCK_PATH_BENEATH_ATTR_LAYOUT,
  LANDLOCK_RULE,
  LANDLOCK_RULESET_ATTR_ABI1_LAYOUT,
  LANDLOCK_RULESET_ATTR_ABI4_LAYOUT,
  LANDLOCK_RULESET_ATTR_ABI6_LAYOUT,
  O,
} from "@hutch/syscall";
import type { LandlockSupport } from "../host-layout.ts";
import { type PlanContext, works } from "../plan-context.ts";
import { step, text } from "../step.ts";
import {
  EVERYWHERE,
  handledFileRights,
  LOG_ABI,
  NAMED_SOCKET,
  NO_LOG,
  SCOPE_ABI,
  SCOPES,
  TCP,
  TCP_ABI,
  TERMINAL,
  UNIX_ABI,
  WRITABLE_FILE,
  WRITABLE_FOLDER,
} from "./landlock-rights.ts";

/**
 * A rule names its file by a descriptor number inside a structure, so the numbers have to be known: the kernel gives out the
 * lowest one that is free (open(2)), and 0 and 1 are made free first.
 */
const RULESET_FD = 0;
const TARGET_FD = 1;

interface FileRule {
  readonly path: string;
  readonly rights: number;
  readonly why: string;
  readonly ofPolicy?: true;
}

interface Handled {
  readonly files: number;
  readonly tcp: number;
  readonly scopes: number;
}

/**
 * ORDER: after every mount, because the kernel lets a process with rules on files mount nothing; after no-new-privileges, which
 * it wants first; after the job's descriptors were parked, which frees the numbers 0 and 1; and before any thread exists.
 */
export function planLandlock(context: PlanContext): Step[] {
  const handled = handledBy(context);
  if (handled === null) return [];
  const { abi } = context.host.landlock;
  const attributes = rulesetBytes(abi, handled);
  return [
    step("make ruleset", "close_range", [RULESET_FD, TARGET_FD, 0], "the next two descriptors get these numbers", {
      detail: `descriptors ${RULESET_FD} and ${TARGET_FD}`,
    }),
    step(
      "make ruleset",
      "landlock_create_ruleset",
      [{ bytes: attributes }, attributes.byteLength, 0],
      "all that it names is denied from here on, unless a rule gives it",
      { detail: `landlock ABI ${abi}` },
    ),
    ...(handled.files === 0 ? [] : fileRules(context).flatMap((rule) => addFileRule(rule, handled.files))),
    ...portRules(context, handled.tcp),
    step(
      "restrict self",
      "landlock_restrict_self",
      [RULESET_FD, abi >= LOG_ABI ? NO_LOG : 0],
      "for good, and for all that the job starts; what it is denied fills no log of the machine",
    ),
  ];
}

/** null where nothing is to be handled, or nothing can be. */
function handledBy(context: PlanContext): Handled | null {
  const { request, host } = context;
  const { abi } = host.landlock;
  if (abi === 0 || !works(context, "landlock") || !works(context, "no-new-privileges")) return null;
  const handled: Handled = {
    files: confinesFiles(context) ? handledFileRights(abi) : 0,
    tcp: abi >= TCP_ABI && request.policy.tcp !== null ? TCP : 0,
    scopes: abi >= SCOPE_ABI ? SCOPES : 0,
  };
  return handled.files === 0 && handled.tcp === 0 && handled.scopes === 0 ? null : handled;
}

/** Whether no job can connect or send to an abstract name of another. */
export function scopesNames(context: PlanContext): boolean {
  return handledBy(context)?.scopes === SCOPES;
}

/** A worker mounts for its jobs, each of which gets rules of its own. Without a root of its own a job has the host's files. */
function confinesFiles(context: PlanContext): boolean {
  return context.request.launchesJobs !== true && works(context, "private-root") && works(context, "mount-namespace");
}

function rulesetBytes(abi: number, { files, tcp, scopes }: Handled): Uint8Array {
  const first = { handled_access_fs: files };
  if (abi < TCP_ABI) return encodeStruct(LANDLOCK_RULESET_ATTR_ABI1_LAYOUT, first);
  const second = { ...first, handled_access_net: tcp };
  if (abi < SCOPE_ABI) return encodeStruct(LANDLOCK_RULESET_ATTR_ABI4_LAYOUT, second);
  return encodeStruct(LANDLOCK_RULESET_ATTR_ABI6_LAYOUT, { ...second, scoped: scopes });
}

/** /proc has no rule of its own: nothing in it can be written, not even by who owns a namespace. */
function fileRules(context: PlanContext): FileRule[] {
  const { policy } = context.request;
  return [
    { path: "/", rights: EVERYWHERE, why: "what lies in the job's root can be read and executed, nothing else can" },
    { path: "/dev", rights: WRITABLE_FILE, why: "the sandbox's few devices take what is written to them" },
    { path: "/dev/shm", rights: WRITABLE_FOLDER, why: "shared memory is files in it" },
    { path: "/tmp", rights: WRITABLE_FOLDER, why: "scratch space of the job's own" },
    ...(policy.terminal
      ? ["/dev/pts", "/dev/tty"].map((path) => ({
          path,
          rights: TERMINAL,
          why: "terminals take requests of their own",
        }))
      : []),
    ...policy.files.flatMap((entry) => [...ruleOf(entry, context), ...socketRuleOf(entry, context)]),
  ];
}

function socketRuleOf(entry: FileEntry, { host }: PlanContext): FileRule[] {
  if (!("source" in entry) || host.landlock.abi < UNIX_ABI || host.sources.get(entry.source)?.socket !== true)
    return [];
  return [{ path: entry.path, rights: NAMED_SOCKET, why: "the policy names this socket", ofPolicy: true }];
}

function ruleOf(entry: FileEntry, { host }: PlanContext): FileRule[] {
  if (entry.kind !== "read-write" && entry.kind !== "tmpfs" && entry.kind !== "overlay") return [];
  const file = entry.kind === "read-write" && host.sources.get(entry.source)?.kind === "file";
  const rights = file ? WRITABLE_FILE : WRITABLE_FOLDER;
  return [{ path: entry.path, rights, why: "the policy lets the job write here", ofPolicy: true }];
}

function addFileRule({ path, rights, why, ofPolicy }: FileRule, handled: number): Step[] {
  const name = "add rule";
  const extra = ofPolicy === true ? { detail: path, ofPolicy } : { detail: path };
  // A rule may give only what its ruleset handles, and older kernels know fewer rights.
  const rule = encodeStruct(LANDLOCK_PATH_BENEATH_ATTR_LAYOUT, {
    allowed_access: rights & handled,
    parent_fd: TARGET_FD,
  });
  const { PATH_BENEATH } = LANDLOCK_RULE;
  return [
    step(name, "openat", [AT_FDCWD, text(path), O.PATH | O.CLOEXEC, 0], why, extra),
    step(name, "landlock_add_rule", [RULESET_FD, PATH_BENEATH, { bytes: rule }, 0], why, extra),
    step(name, "close", [TARGET_FD], "its number is the next rule's", extra),
  ];
}

function portRules({ request }: PlanContext, handled: number): Step[] {
  const { tcp } = request.policy;
  if (handled === 0 || tcp === null) return [];
  const rights = new Map<number, number>();
  for (const port of tcp.bind) rights.set(port, LANDLOCK_ACCESS_NET.BIND_TCP);
  for (const port of tcp.connect) rights.set(port, (rights.get(port) ?? 0) | LANDLOCK_ACCESS_NET.CONNECT_TCP);
  return [...rights].map(([port, allowed_access]) => {
    const rule = encodeStruct(LANDLOCK_NET_PORT_ATTR_LAYOUT, { allowed_access, port });
    const args = [RULESET_FD, LANDLOCK_RULE.NET_PORT, { bytes: rule }, 0] as const;
    return step("add rule", "landlock_add_rule", args, "the policy names this TCP port", {
      detail: `TCP port ${port}`,
    });
  });
}

/** The report says what of it this kernel's ABI holds: landlock(7) has the table. */
export function reportLandlock(context: PlanContext): ControlReport {
  const { landlock } = context.host;
  const name = "landlock";
  if (landlock.abi === 0) return { name, state: "unavailable", why: refusal(landlock.refusal), fix: fix(landlock) };
  const { tcp } = context.request.policy;
  if (tcp !== null && landlock.abi < TCP_ABI)
    return {
      name,
      state: "unavailable",
      why: `policy.tcp needs landlock ABI ${TCP_ABI}, and this kernel has ${landlock.abi}`,
      fix: "Linux 6.7 or newer, or a policy without tcp",
    };
  const handled = handledBy(context);
  // What the kernel said is in the probe's report, which takes this one's place.
  if (!works(context, "landlock")) return { name, state: "unavailable", why: "the kernel refused it" };
  if (!works(context, "no-new-privileges"))
    return { name, state: "unavailable", why: "it needs no-new-privileges, which this machine cannot enforce" };
  if (handled === null)
    return { name, state: "off", why: `a worker mounts for its jobs; ABI ${landlock.abi} has nothing else to hold` };
  const held = [
    ...(handled.files === 0
      ? []
      : ["files of the job's root alone, written only where the policy says, no device nodes"]),
    ...(handled.files === 0 || landlock.abi >= 2 ? [] : ["no moves between folders, which this ABI cannot allow"]),
    ...(handled.files === 0 || landlock.abi < UNIX_ABI ? [] : ["no Unix socket but the job's own and the policy's"]),
    ...(handled.tcp === 0 ? [] : ["TCP ports of the policy"]),
    ...(handled.scopes === 0 ? [] : ["no signal and no abstract socket out of the job"]),
  ];
  return { name, state: "enforced", why: `ABI ${landlock.abi}: ${held.join("; ")}` };
}

function refusal(code: string): string {
  if (code === "ENOSYS") return "this kernel is built without landlock";
  if (code === "EOPNOTSUPP") return "landlock is switched off on this machine";
  return `the kernel refused to say which landlock it has: ${code}`;
}

function fix({ refusal: code, modules }: LandlockSupport): string {
  if (code === "ENOSYS") return "a kernel with CONFIG_SECURITY_LANDLOCK";
  // The parameter takes the place of the whole list, so what is there has to be named again.
  if (code === "EOPNOTSUPP")
    return `boot with landlock in the kernel's lsm= parameter${modules === undefined ? "" : `: lsm=landlock,${modules}`}`;
  return "a seccomp profile that allows landlock_create_ruleset, landlock_add_rule and landlock_restrict_self";
}
