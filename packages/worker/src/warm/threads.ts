// A fork copies the calling thread alone, so a worker forks only while it has one thread.
// Helpers of the compilers end by themselves after some seconds without work; the runtime's thread pool never does.
import { readdirSync, readFileSync } from "node:fs";

export interface Thread {
  readonly tid: number;
  readonly name: string;
}

/** Threads with this name stay for the life of the process: waiting for them is no use. */
const POOL_THREAD = "Bun Pool";
const POLL_MS = 20;

/** Every thread of this process, the main one included. */
function listThreads(): readonly Thread[] {
  const threads: Thread[] = [];
  for (const tid of readdirSync("/proc/self/task")) {
    const name = threadName(tid);
    if (name !== null) threads.push({ tid: Number(tid), name });
  }
  return threads;
}

export function countThreads(): number {
  return readdirSync("/proc/self/task").length;
}

function threadName(tid: string): string | null {
  try {
    return readFileSync(`/proc/self/task/${tid}/comm`, "utf8").trimEnd();
  } catch (error) {
    // It ended between the listing and now: then it is not there.
    const { code } = error as { code?: unknown };
    if (code === "ENOENT" || code === "ESRCH") return null;
    throw error;
  }
}

/**
 * Blocks until this thread is the only one, or until that can not happen any more.
 * @returns the threads that are left: only this one is good
 */
export function waitForSingleThread(timeoutMs: number): readonly Thread[] {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const threads = listThreads();
    const lasting = threads.some((thread) => thread.name.startsWith(POOL_THREAD));
    if (threads.length === 1 || lasting || performance.now() >= deadline) return threads;
    Bun.sleepSync(POLL_MS);
  }
}

/** `"Bun Pool 0", "HTTP Client"` */
export function nameThreads(threads: readonly Thread[]): string {
  return threads.map(({ name }) => JSON.stringify(name)).join(", ");
}
