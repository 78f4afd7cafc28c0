// Makes the worker fit to be copied, and a copy fit to run: one thread, copyable executable memory, an event loop to renew.
import { existsSync } from "node:fs";
import { environmentList, type Setup, type Step } from "@hutch/core";
import type { HostChannel } from "./host-channel.ts";
import { rehearse } from "./job/rehearse.ts";
import { prepareRuntime, prepareStreams } from "./job/run-job.ts";
import { becomeJob } from "./start-job.ts";
import { planEventLoop, snapshotEventLoop } from "./warm/event-loop.ts";
import { allowForkOfExecutableMemory } from "./warm/executable-memory.ts";
import { dropText, moveUsedText } from "./warm/huge-text.ts";
import { countThreads, nameThreads, waitForSingleThread } from "./warm/threads.ts";

/** Helper threads of WebAssembly and the JIT end by themselves after about ten seconds without work (docs/warm-fork.md). */
const THREADS_DEADLINE_MS = 60_000;

/**
 * Often enough for the first compiler, and not near to where the next one starts: what is about to be compiled in the worker
 * is compiled anew in every copy.
 */
const REHEARSALS = 40;

export type Readiness =
  /** `renewal`: steps that every copy walks at the end of its plan. */
  | { readonly kind: "ready"; readonly threads: number; readonly renewal: readonly Step[] }
  | { readonly kind: "cold"; readonly threads: number; readonly why: string };

/** @returns `cold` when this process can not be copied; jobs then start as fresh processes */
export async function prepareToBeCopied(setup: Setup, channel: HostChannel): Promise<Readiness> {
  prepareStreams();
  for (const path of setup.preload) {
    try {
      await import(path);
    } catch (error) {
      channel.send({
        kind: "setup-failed",
        cause: "preload",
        message: `"${path}": ${messageOf(error)}`,
      });
      throw error;
    }
  }
  prepareRuntime();
  try {
    await rehearseCopy(setup, channel);
    Bun.gc(true);
    allowForkOfExecutableMemory();
  } catch (error) {
    return { kind: "cold", threads: countThreads(), why: messageOf(error) };
  }
  if (countThreads() > 1)
    channel.send({ kind: "log", level: "info", text: `waiting for ${countThreads() - 1} helper threads to end` });
  const threads = waitForSingleThread(THREADS_DEADLINE_MS);
  if (threads.length > 1)
    return {
      kind: "cold",
      threads: threads.length,
      why: `a copy would have one of the worker's threads only, and there are ${nameThreads(threads)}`,
    };
  return { kind: "ready", threads: threads.length, renewal: planEventLoop(snapshotEventLoop()) };
}

/**
 * Goes through all that a copy goes through, so that what it needs is compiled, in memory, and where it is cheap to copy.
 * @throws whatever preloaded code broke that a job needs
 */
async function rehearseCopy({ policy, cgroups }: Setup, channel: HostChannel): Promise<void> {
  const env = environmentList(policy.env);
  // A folder that only jobs have is entered by each of them.
  const surroundings = { env, cwd: existsSync(policy.cwd) ? policy.cwd : "/" };
  // A cgroup charges these pages to the worker. Where a job's processes are sampled instead, each would be charged for all of
  // them, which is more than many a limit.
  const text = cgroups > 0 ? dropText() : [];
  await rehearse(REHEARSALS, (stage) => becomeJob(surroundings, null, stage));
  if (cgroups === 0) return;
  try {
    channel.send({
      kind: "log",
      level: "info",
      text: `${moveUsedText(text) / 2n ** 20n} MiB of the runtime are in huge pages`,
    });
  } catch (error) {
    channel.send({ kind: "log", level: "info", text: `the runtime stays in small pages: ${messageOf(error)}` });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
