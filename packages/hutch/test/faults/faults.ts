// What goes wrong around the jobs, and what may then be said of a job that it hit: never that it was the job's doing.
import { closeSync, openSync } from "node:fs";
import { tryCall } from "@hutch/syscall";
import { type HostError, isHutchError, type Verdict } from "../../src/index.ts";
import { childrenOf, commandLine, descendantsOf } from "../kernel/processes.ts";

export interface Fault {
  readonly name: string;
  readonly strike: (random: (below: number) => number) => Promise<void> | void;
  readonly explains: (verdict: Verdict) => boolean;
  readonly explainsError?: (error: HostError) => boolean;
}

const SIGKILL = 9;
const SIGCONT = 18;
const SIGSTOP = 19;
const STILL_MS = 120;
const STALL_MS = 150;
const OUT_OF_DESCRIPTORS_MS = 20;

const nothing = (): boolean => false;
/** Nobody knows whose doing it was, and another try is worth it. */
const unknown = ({ blame, retry }: Verdict): boolean => blame === "ambiguous" && retry === "once";
const killed = (verdict: Verdict): boolean => verdict.status === "signaled" && verdict.signal === "SIGKILL";

export const FAULTS: readonly Fault[] = [
  {
    name: "a worker is killed",
    strike: (random) => send(pick(workers(), random), SIGKILL),
    explains: unknown,
    // It may hit one that does not serve yet.
    explainsError: ({ code }) => code === "WORKER_START_FAILED" || code === "HOST_FAILURE",
  },
  { name: "a worker stands still", strike: (random) => stop(pick(workers(), random)), explains: nothing },
  { name: "an init is killed", strike: (random) => send(pick(inits(), random), SIGKILL), explains: unknown },
  { name: "a job is killed", strike: (random) => send(pick(jobs(), random), SIGKILL), explains: killed },
  { name: "a job stands still", strike: (random) => stop(pick(jobs(), random)), explains: nothing },
  { name: "the host is busy", strike: () => Bun.sleepSync(STALL_MS), explains: nothing },
  { name: "the host stands still", strike: stopThisProcess, explains: nothing },
  {
    name: "no descriptors are left",
    strike: takeDescriptors,
    // A worker's word comes with a descriptor that may find no room: what it said of its job is lost then.
    explains: (verdict) => verdict.status === "internal" || unknown(verdict),
    // Steps of a launch run with the descriptors that this process has left.
    explainsError: ({ message }) => message.includes("EMFILE"),
  },
];

export function asHostError(error: unknown): HostError | null {
  return isHutchError(error) ? error : null;
}

/** Init of a worker is our child, the worker its child. */
function workers(): number[] {
  return childrenOf(process.pid)
    .flatMap(childrenOf)
    .filter((pid) => commandLine(pid).includes("/hutch/worker.js"));
}

function inits(): number[] {
  return workers().flatMap(childrenOf);
}

function jobs(): number[] {
  return inits().flatMap(descendantsOf);
}

function pick(pids: readonly number[], random: (below: number) => number): number | null {
  return pids[random(pids.length)] ?? null;
}

function send(pid: number | null, signal: number): void {
  if (pid !== null) tryCall("kill", pid, signal);
}

async function stop(pid: number | null): Promise<void> {
  send(pid, SIGSTOP);
  await Bun.sleep(STILL_MS);
  send(pid, SIGCONT);
}

async function stopThisProcess(): Promise<void> {
  const script = `kill -STOP ${process.pid}; sleep 0.15; kill -CONT ${process.pid}`;
  await Bun.spawn(["sh", "-c", script], { stdio: ["ignore", "ignore", "ignore"] }).exited;
}

async function takeDescriptors(): Promise<void> {
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch {
    await Bun.sleep(OUT_OF_DESCRIPTORS_MS);
  } finally {
    for (const fd of taken) closeSync(fd);
  }
}
