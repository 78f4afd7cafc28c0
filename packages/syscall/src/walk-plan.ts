// A launch plan made ready for the native walker (walk-plan.c): encoded once, launched many times.
// The only way to make a process here. Callers see names, numbers and text; addresses stay in this file.
import { type Pointer, ptr } from "bun:ffi";
import { rawCall } from "./call.ts";
import { errnoCode } from "./errno.ts";
import { type Fd, OwnedFd, toFd } from "./fd.ts";
import { awaitEnd, reapKilled } from "./killed-launches.ts";
import {
  copyWords,
  keepForever,
  returnStacks,
  type Stacks,
  stackEnds,
  takeStacks,
  tidAddress,
} from "./launch-memory.ts";
import { momentsOf } from "./launch-moments.ts";
import type { InJob, Launched, LaunchRefused } from "./launch-outcome.ts";
import { type SyscallName, syscallNumber } from "./linux/numbers.ts";
import { pidOfPidfd } from "./linux/pidfd-pid.ts";
import { SOCK_FILTER_LAYOUT, SOCK_FPROG_LAYOUT } from "./linux/structs.ts";
import { loadWalker, type Walker } from "./load-walker.ts";
import { type Pid, toPid } from "./pid.ts";
import { Arena, type CText } from "./pointer.ts";
import { encodeStruct } from "./struct.ts";

/** An argument of a step; the shape is core's StepArgument. */
export type WalkArgument =
  | number
  | bigint
  | { readonly text: string }
  | { readonly bytes: Uint8Array; readonly at?: number }
  | { readonly filter: Uint8Array }
  | { readonly slot: number }
  | { readonly late: string };

/** One syscall of a plan; the shape is core's Step. */
export interface WalkStep {
  readonly name: string;
  readonly call: string;
  readonly args: readonly WalkArgument[];
  readonly save?: number;
  readonly allow?: number | "any";
  readonly repeat?: number;
  readonly counted?: number;
  /** Joins a cgroup: see `folderOf`. */
  readonly joins?: true;
}

/** The shape is core's LaunchPlan. */
export interface WalkPlan {
  readonly cloneFlags: number;
  readonly outer: readonly WalkStep[];
  readonly inner: readonly WalkStep[];
  readonly handover: readonly WalkStep[];
  readonly start: "exec" | "warm";
  readonly holdsMemory?: boolean;
}

/** What a late argument is bound to: a number, or the address of text, of a null-terminated list of texts, or of bytes. */
export type LateValue = number | bigint | string | readonly CText[] | Uint8Array;

// struct step and struct launch of walk-plan.c, in words of eight bytes.
const STEP_WORDS = 12;
const STEP = { number: 0, args: 1, refs: 7, save: 8, allow: 9, repeat: 10, counted: 11 } as const;
const LAUNCH_WORDS = 50;
const LAUNCH = {
  steps: 0,
  outerEnd: 1,
  innerEnd: 2,
  count: 3,
  flags: 4,
  warm: 5,
  statusFd: 6,
  tidAddress: 7,
  holds: 8,
  nrWrite: 9,
  nrExitGroup: 10,
  nrSigprocmask: 11,
  nrClone: 12,
  nrCloseRange: 13,
  nrPpoll: 14,
  pidAndPidfd: 15,
  cgroupFd: 29,
  cgroupStep: 30,
  nrClone3: 31,
  nrFutex: 32,
  nrPidfdSendSignal: 33,
  nrExit: 34,
  stacks: 35,
  deferred: 41,
  stood: 42,
  abandoned: 43,
  executeAt: 44,
  marks: 45,
} as const;
const SLOTS = 12;
const ANY_ERRNO = -1n;
const SIGKILL = 9;
const ETIMEDOUT = 110;

interface Patch {
  readonly word: number;
  /** The same name may be used by several steps. */
  readonly name: string;
}

/** A plan in the walker's memory. Make it once per plan; it is good for any number of launches of the thread that made it. */
export class CompiledPlan {
  readonly #arena: Arena = new Arena();
  #steps: BigInt64Array;
  #launch: BigInt64Array;
  #launchAddress: Pointer;
  #marks: Float64Array;
  readonly #patches: Patch[] = [];
  readonly #joins: { readonly index: number; readonly name: string }[] = [];
  readonly #shared: Map<Uint8Array, number> = new Map();

  constructor(plan: WalkPlan) {
    const steps = [...plan.outer, ...plan.inner, ...plan.handover];
    // SAFETY: over an ArrayBuffer of its own the storage of a view never moves, and this object keeps both alive.
    this.#steps = new BigInt64Array(new ArrayBuffer(Math.max(1, steps.length) * STEP_WORDS * 8));
    this.#launch = new BigInt64Array(new ArrayBuffer(LAUNCH_WORDS * 8));
    steps.forEach((step, index) => {
      this.#encode(step, index * STEP_WORDS);
      const [file] = step.args;
      if (step.joins === true && typeof file === "object" && "late" in file)
        this.#joins.push({ index, name: file.late });
    });
    this.#launchAddress = ptr(this.#launch);
    this.#marks = marksIn(this.#launch);
    const launch = this.#launch;
    launch[LAUNCH.steps] = BigInt(ptr(this.#steps));
    launch[LAUNCH.outerEnd] = BigInt(plan.outer.length);
    launch[LAUNCH.innerEnd] = BigInt(plan.outer.length + plan.inner.length);
    launch[LAUNCH.count] = BigInt(steps.length);
    launch[LAUNCH.flags] = BigInt(plan.cloneFlags);
    const executes = plan.inner.findIndex(({ call }) => call === "execve" || call === "execveat");
    launch[LAUNCH.executeAt] = BigInt(plan.outer.length + (executes < 0 ? plan.inner.length : executes));
    launch[LAUNCH.warm] = plan.start === "warm" ? 1n : 0n;
    launch[LAUNCH.tidAddress] = tidAddress();
    launch[LAUNCH.holds] = plan.holdsMemory === true ? 1n : 0n;
    launch[LAUNCH.nrWrite] = BigInt(syscallNumber("write"));
    launch[LAUNCH.nrExitGroup] = BigInt(syscallNumber("exit_group"));
    launch[LAUNCH.nrSigprocmask] = BigInt(syscallNumber("rt_sigprocmask"));
    launch[LAUNCH.nrClone] = BigInt(syscallNumber("clone"));
    launch[LAUNCH.nrCloseRange] = BigInt(syscallNumber("close_range"));
    launch[LAUNCH.nrPpoll] = BigInt(syscallNumber("ppoll"));
    launch[LAUNCH.nrClone3] = BigInt(syscallNumber("clone3"));
    launch[LAUNCH.nrFutex] = BigInt(syscallNumber("futex"));
    launch[LAUNCH.nrPidfdSendSignal] = BigInt(syscallNumber("pidfd_send_signal"));
    launch[LAUNCH.nrExit] = BigInt(syscallNumber("exit"));
  }

  #encode(step: WalkStep, at: number): void {
    const words = this.#steps;
    words[at + STEP.number] = BigInt(syscallNumber(step.call as SyscallName));
    words[at + STEP.save] = BigInt(step.save === undefined ? 0 : slotIndex(step, step.save) + 1);
    words[at + STEP.allow] = step.allow === undefined ? 0n : step.allow === "any" ? ANY_ERRNO : BigInt(step.allow);
    words[at + STEP.repeat] = BigInt(step.repeat ?? 1);
    words[at + STEP.counted] = BigInt(argumentIndex(step, step.counted ?? 0));
    if (step.args.length > 6) throw new TypeError(`Cannot encode step "${step.name}": it has more than six arguments`);
    let refs = 0n;
    step.args.forEach((argument, index) => {
      const word = at + STEP.args + index;
      if (typeof argument === "number" || typeof argument === "bigint") words[word] = BigInt(argument);
      else if ("text" in argument) words[word] = BigInt(this.#arena.cString(argument.text));
      else if ("bytes" in argument) words[word] = BigInt(this.#memory(argument.bytes) + (argument.at ?? 0));
      else if ("filter" in argument) words[word] = BigInt(this.#program(argument.filter));
      else if ("slot" in argument) refs |= BigInt(slotIndex(step, argument.slot) + 1) << BigInt(8 * index);
      else this.#patches.push({ word, name: argument.late });
    });
    words[at + STEP.refs] = refs;
  }

  /** The same object is the same memory in all steps. */
  #memory(bytes: Uint8Array): number {
    let address = this.#shared.get(bytes);
    if (address === undefined) {
      address = this.#arena.bytes(bytes);
      this.#shared.set(bytes, address);
    }
    return address;
  }

  /** struct sock_fprog (seccomp(2)), which points at its instructions. */
  #program(filter: Uint8Array): number {
    const len = filter.byteLength / SOCK_FILTER_LAYOUT.size;
    return this.#arena.bytes(encodeStruct(SOCK_FPROG_LAYOUT, { len, filter: BigInt(this.#memory(filter)) }));
  }

  /** Process 2 is cloned into a cgroup whose folder is bound, too; where the kernel refuses that, it walks the step. */
  #cloneIntoCgroup(late: Readonly<Record<string, LateValue>>): void {
    const join = this.#launch[LAUNCH.warm] === 1n ? undefined : this.#joins.find(({ name }) => folderOf(name) in late);
    const folder = join === undefined ? -1 : late[folderOf(join.name)];
    this.#launch[LAUNCH.cgroupFd] = typeof folder === "number" ? BigInt(folder) : -1n;
    this.#launch[LAUNCH.cgroupStep] = BigInt(join?.index ?? 0);
  }

  /**
   * Clones and walks. The calling thread stands still until the job's program runs (exec) or its copy is made (warm), and not for
   * ever: a step that takes longer than five seconds ends the launch.
   * @param status descriptor on which a failed step is reported; the parent's own copy stays open
   * @param late a value for each late name of the plan; more are ignored
   * @param prepare called with the first process's id while that walks: for what only its parent can do, and the plan waits for.
   * An exec plan's only
   * @throws TypeError for a late name that is not bound; nothing was started then. What `prepare` throws, after the end of it all
   */
  launch(
    status: Fd,
    late: Readonly<Record<string, LateValue>>,
    prepare?: (pid: Pid) => void,
  ): Launched | InJob | LaunchRefused {
    const native = loadWalker();
    reapKilled();
    const arena = new Arena();
    const values = new Map<string, bigint>();
    for (const { word, name } of this.#patches) {
      let value = values.get(name);
      if (value === undefined) {
        const given = late[name];
        if (given === undefined) throw new TypeError(`Cannot launch: "${name}" is not bound`);
        value = addressOf(given, arena);
        values.set(name, value);
      }
      this.#steps[word] = value;
    }
    this.#cloneIntoCgroup(late);
    this.#launch[LAUNCH.statusFd] = BigInt(status);
    this.#launch[LAUNCH.deferred] = prepare === undefined ? 0n : 1n;
    const stacks = takeStacks(this.#launch);
    this.#launch.set(stackEnds(stacks), LAUNCH.stacks);
    const beganMs = performance.now();
    const result = Number(native.launch(this.#launchAddress));
    const settledMs = performance.now();
    if (result === 0) return { kind: "in-job", walkedMs: settledMs };
    const moments = momentsOf(this.#marks, beganMs, settledMs);
    if (result < 0) {
      returnStacks(stacks);
      return { kind: "refused", errno: -result, code: errnoCode(-result), step: null };
    }
    const packed = BigInt.asUintN(64, this.#launch[LAUNCH.pidAndPidfd] ?? 0n);
    const pidfd = new OwnedFd(toFd(Number(packed >> 32n)));
    // Who made it is held until it is let go, and so could not tell its id yet.
    const pid = prepare === undefined ? toPid(result) : pidOfPidfd(pidfd.fd);
    const failed = prepare === undefined ? null : this.#prepare(native, pidfd, () => prepare(existing(pid)));
    if (this.#launch[LAUNCH.abandoned] === 0n) returnStacks(stacks);
    else this.#abandon(stacks, arena);
    const stood = Number(this.#launch[LAUNCH.stood]);
    if (stood === 0 && failed === null) return { kind: "launched", pid: existing(pid), pidfd, moments };
    awaitEnd(pidfd);
    if (failed !== null) throw failed.error;
    return { kind: "refused", errno: ETIMEDOUT, code: errnoCode(ETIMEDOUT), step: stood - 1 };
  }

  #prepare(native: Walker, pidfd: OwnedFd, prepare: () => void): { readonly error: unknown } | null {
    let failed: { readonly error: unknown } | null = null;
    try {
      prepare();
    } catch (error) {
      rawCall(syscallNumber("pidfd_send_signal"), pidfd.fd, SIGKILL, null, 0);
      failed = { error };
    }
    native.settle(this.#launchAddress);
    return failed;
  }

  /**
   * A killed process has not come back from the kernel. It never runs again, but the kernel may still write for it: what it
   * could reach stays where it is, and this plan goes on with memory of its own.
   */
  #abandon(stacks: Stacks, arena: Arena): void {
    keepForever(stacks, [this.#steps, this.#launch, this.#arena, arena]);
    this.#steps = copyWords(this.#steps);
    this.#launch = copyWords(this.#launch);
    this.#launchAddress = ptr(this.#launch);
    this.#marks = marksIn(this.#launch);
    this.#launch[LAUNCH.steps] = BigInt(ptr(this.#steps));
  }
}

function marksIn(launch: BigInt64Array): Float64Array {
  return new Float64Array(launch.buffer, launch.byteOffset + LAUNCH.marks * 8);
}

/** A process that nobody waited for has its id. @throws Error where there is no /proc to ask */
function existing(pid: Pid | null): Pid {
  if (pid === null) throw new Error("Cannot launch: /proc does not tell which process a pidfd means");
  return pid;
}

/** The late name of a cgroup's folder, beside that of the file in it that a step writes to. */
export function folderOf(file: string): string {
  return `${file}.folder`;
}

function argumentIndex(step: WalkStep, index: number): number {
  if (!Number.isInteger(index) || index < 0 || index > 5)
    throw new RangeError(`Cannot encode step "${step.name}": argument ${index} is not from 0 to 5`);
  return index;
}

function slotIndex(step: WalkStep, slot: number): number {
  if (!Number.isInteger(slot) || slot < 0 || slot >= SLOTS)
    throw new RangeError(`Cannot encode step "${step.name}": slot ${slot} is not from 0 to ${SLOTS - 1}`);
  return slot;
}

function addressOf(value: LateValue, arena: Arena): bigint {
  if (typeof value === "number" || typeof value === "bigint") return BigInt(value);
  if (typeof value === "string") return BigInt(arena.cString(value));
  if (value instanceof Uint8Array) return BigInt(arena.bytes(value));
  return BigInt(arena.cStrings(value));
}
