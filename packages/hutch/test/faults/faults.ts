// What goes wrong around the jobs, and what may then be said of a job that it hit: never that it was the job's doing.
import { closeSync, openSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tryCall } from "@hutch/syscall";
import { type HostError, isHutchError, type Verdict } from "../../src/index.ts";
import { childrenOf, commandLine, descendantsOf } from "../kernel/processes.ts";
import type { ProxiedWorkers } from "./proxied-workers.ts";
import { HARMS, type Harm, type Way } from "./proxy-orders.ts";
import type { SmallDisk } from "./small-disk.ts";

export interface Fault {
  readonly name: string;
  readonly strike: (random: (below: number) => number) => Promise<void> | void;
  readonly explains: (verdict: Verdict) => boolean;
  readonly explainsError?: (error: HostError) => boolean;
}

/** What a run has beside its pool. */
export interface Surroundings {
  /** Every worker's packets pass through it. */
  readonly proxy: ProxiedWorkers;
  /** Where artifacts are kept. */
  readonly disk: SmallDisk;
  readonly store: string;
}

const SIGKILL = 9;
const SIGCONT = 18;
const SIGSTOP = 19;
const STILL_MS = 120;
const STALL_MS = 150;
const OUT_OF_DESCRIPTORS_MS = 20;
const FULL_MS = 100;
/** Most packets of a busy pool come sooner. */
const PACKET_WITHIN_MS = 1_000;
const LATE_MS = 200;
/** Longer than a worker may owe a word before it is asked for one. */
const VERY_LATE_MS = 2_500;

const nothing = (): boolean => false;
/** Nobody knows whose doing it was, and another try is worth it. */
const unknown = ({ blame, retry }: Verdict): boolean => blame === "ambiguous" && retry === "once";
const killed = (verdict: Verdict): boolean => verdict.status === "signaled" && verdict.signal === "SIGKILL";

/** By what they hit. Most of what happens to a packet costs a worker, so it is not as often as there are kinds of it. */
export function faultsAround({ proxy, disk, store }: Surroundings): readonly (readonly Fault[])[] {
  return [PROCESS_FAULTS, PROCESS_FAULTS, packetFaults(proxy), artifactFaults(store, disk)];
}

/** A worker whose packet is not the one that was sent is not believed any further, whatever it holds. */
function packetFaults(proxy: ProxiedWorkers): readonly Fault[] {
  const ways: readonly Way[] = ["to-worker", "to-host"];
  const fault = (harm: Harm, way: Way, ms: number): Fault => ({
    name: `a packet ${way}: ${harm}${ms === 0 ? "" : ` for ${ms} ms`}`,
    strike: async (random) => {
      const strange = random(2 ** 30);
      await proxy.harm({ harm, way, random: strange, ms, withinMs: PACKET_WITHIN_MS });
    },
    explains: unknown,
    // It may hit one that does not serve yet.
    explainsError: ({ code }) =>
      code === "WORKER_START_FAILED" || code === "HOST_FAILURE" || code === "VERSION_MISMATCH",
  });
  const damages = HARMS.filter((harm) => harm !== "hold");
  return [
    ...damages.flatMap((harm) => ways.map((way) => fault(harm, way, harm === "overtake" ? LATE_MS : 0))),
    ...ways.map((way) => ({ ...fault("hold", way, LATE_MS), explains: nothing, explainsError: nothing })),
    fault("hold", "to-host", VERY_LATE_MS),
  ];
}

/** None of them may be seen by anybody. */
function artifactFaults(store: string, disk: SmallDisk): readonly Fault[] {
  return [
    { name: "an artifact is damaged", strike: (random) => damageOne(store, random), explains: nothing },
    {
      name: "the disk is full",
      strike: async (random) => {
        const empty = disk.fill();
        damageOne(store, random);
        await Bun.sleep(FULL_MS);
        empty();
      },
      explains: nothing,
    },
  ];
}

const DAMAGES: readonly ((path: string, random: (below: number) => number) => void)[] = [
  (path) => rmSync(path, { force: true }),
  (path, random) => truncateSync(path, random(200)),
  (path, random) => {
    const bytes = readFileSync(path);
    const at = random(bytes.byteLength);
    bytes[at] = (bytes[at] ?? 0) ^ (1 + random(255));
    writeFileSync(path, bytes);
  },
];

function damageOne(store: string, random: (below: number) => number): void {
  const names = readdirSync(store).filter((name) => name.endsWith(".hutch"));
  const name = names[random(names.length)];
  const damage = DAMAGES[random(DAMAGES.length)];
  if (name === undefined || damage === undefined) return;
  try {
    damage(join(store, name), random);
  } catch (error) {
    // It was repaired or pruned meanwhile, or the disk is full.
    if (!["ENOENT", "ENOSPC"].includes((error as { code: string }).code)) throw error;
  }
}

const PROCESS_FAULTS: readonly Fault[] = [
  {
    name: "a worker is killed",
    strike: (random) => send(pick(workers(), random), SIGKILL),
    explains: unknown,
    // It may hit one that does not serve yet.
    explainsError: ({ code }) => code === "WORKER_START_FAILED" || code === "HOST_FAILURE",
  },
  { name: "a worker stands still", strike: (random) => stop(pick(workers(), random)), explains: nothing },
  { name: "an init is killed", strike: (random) => send(pick(inits(), random), SIGKILL), explains: unknown },
  { name: "an init stands still", strike: (random) => stop(pick(inits(), random)), explains: nothing },
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
