// The event loop's descriptors in a forked job. An epoll instance is shared by all copies of its descriptor, so a job
// must not go on with the worker's: it makes its own ones under the same numbers, which the runtime has in its memory.
// RULE: the warm plan leaves descriptors 0 to 3 alone open. 4 is free for what is being made, and these numbers are too.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Step } from "@hutch/core";
import { EFD, EPOLL_CTL, encodeStruct, epollEventLayout, type Fd, O, toFd } from "@hutch/syscall";

/** An event counter that a queue watches. */
interface Registration {
  readonly fd: Fd;
  readonly events: number;
  readonly data: bigint;
}

interface Queue {
  readonly fd: Fd;
  readonly registrations: readonly Registration[];
}

/** What the worker's event loop consists of. Taken once, before the first fork. */
export interface EventLoopSnapshot {
  readonly queues: readonly Queue[];
}

/** A job's own descriptors are below, and one number that new ones are made at. A worker has both taken when it starts. */
const FIRST_FREE = 5;
const SLOT = 0;
const REGISTRATION = /^tfd:\s*(\d+)\s+events:\s*([0-9a-f]+)\s+data:\s*([0-9a-f]+)/gm;
const QUEUE = "anon_inode:[eventpoll]";
const COUNTER = "anon_inode:[eventfd]";

/**
 * Reads the epoll instances of this process and what they watch.
 * @throws Error when they watch something that a job cannot make anew (a file, a socket, a timer), or have the numbers of
 * a job's own descriptors
 */
export function snapshotEventLoop(): EventLoopSnapshot {
  const queues: Queue[] = [];
  for (const name of readdirSync("/proc/self/fd")) {
    if (targetOf(name) !== QUEUE) continue;
    const fd = claim(name);
    const info = readFileSync(`/proc/self/fdinfo/${name}`, "utf8");
    queues.push({ fd, registrations: [...info.matchAll(REGISTRATION)].map(readRegistration) });
  }
  return { queues };
}

function readRegistration([, fd = "", events = "", data = ""]: readonly string[]): Registration {
  const target = targetOf(fd);
  if (target !== COUNTER) throw new Error(`Cannot fork a warm worker: its event loop watches "${target}"`);
  return { fd: claim(fd), events: Number.parseInt(events, 16), data: BigInt(`0x${data}`) };
}

function claim(name: string): Fd {
  const fd = toFd(Number(name));
  if (fd < FIRST_FREE)
    throw new Error(`Cannot fork a warm worker: its event loop has descriptor ${fd}, which a job needs`);
  return fd;
}

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch (error) {
    // The descriptor that listed the folder is gone by now.
    if ((error as { code?: unknown }).code === "ENOENT") return "nothing";
    throw error;
  }
}

/**
 * The steps that make the same event loop anew, for the end of a warm plan: walked natively, they touch none of the
 * memory that JavaScript would have to copy first.
 * ORDER: after the plan has closed everything above a job's own descriptors, so that every number is free, and before
 * anything in the copy waits.
 */
export function planEventLoop(snapshot: EventLoopSnapshot): readonly Step[] {
  const why = "a copy must not share the worker's event queue: each would take the other's wakeups";
  return snapshot.queues.flatMap(({ fd: queue, registrations }) => [
    ...place({ call: "epoll_create1", args: [O.CLOEXEC] }, queue, why),
    ...registrations.flatMap(({ fd, events, data }): readonly Step[] => [
      ...place({ call: "eventfd2", args: [0, EFD.NONBLOCK | EFD.CLOEXEC] }, fd, why),
      {
        name: "set descriptor",
        detail: `event loop ${fd}`,
        call: "epoll_ctl",
        args: [queue, EPOLL_CTL.ADD, fd, { bytes: encodeStruct(epollEventLayout(), { events, data }) }],
        why,
      },
    ]),
  ]);
}

/** Makes a descriptor and moves it to a number. What it is made at is below FIRST_FREE, and free again at the end. */
function place(make: Pick<Step, "call" | "args">, at: Fd, why: string): readonly Step[] {
  const common = { name: "set descriptor", detail: `event loop ${at}`, why } as const;
  return [
    { ...common, ...make, save: SLOT },
    { ...common, call: "dup3", args: [{ slot: SLOT }, at, O.CLOEXEC] },
    { ...common, call: "close", args: [{ slot: SLOT }] },
  ];
}
