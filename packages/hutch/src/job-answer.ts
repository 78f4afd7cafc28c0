// What a job's end gives its caller: the value, if it ended normally and its answer decodes.
import type { Evidence } from "@hutch/core";
import { throwPolicyFailure } from "./policy-failure.ts";
import type { Supervision } from "./supervise.ts";

export type Finished = Awaited<Supervision["finished"]>;

/** @throws `signal.reason` when the caller gave up; the job is over then, too */
export async function endedOrAborted(supervision: Supervision, signal: AbortSignal | undefined): Promise<Finished> {
  const onAbort = (): void => supervision.end("aborted");
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const finished = await supervision.finished;
    if (finished.evidence.killed === "aborted") signal?.throwIfAborted();
    throwPolicyFailure(finished.evidence.exit);
    return finished;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

export interface Answer<T> {
  readonly evidence: Evidence;
  readonly value: { readonly of: T } | null;
}

/** TRUST: the bytes are the job's. They are decoded only now, and only after it ended normally. */
export function decodeAnswer<T>({ evidence, response }: Finished, decode: (bytes: Uint8Array) => T): Answer<T> {
  const normal = evidence.killed === null && evidence.exit.kind === "exited" && evidence.exit.code === 0;
  if (!normal || response?.kind !== "value") return { evidence, value: null };
  try {
    return { evidence, value: { of: decode(response.bytes) } };
  } catch (error) {
    const why = `its value does not decode: ${error instanceof Error ? error.message : String(error)}`;
    return { evidence: { ...evidence, response: { kind: "invalid", why } }, value: null };
  }
}
