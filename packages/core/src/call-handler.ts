// What a handler of the host is told of a system call that waits for it, and what it may answer.
// RULE: "allow" lets the kernel make the call with what is in the caller's memory by then, which other threads and processes of
// the job change at will. The registers are fixed. So it may follow from registers alone: a handler that looks at memory has
// given it up, by the types, and at run time because it gets that memory only in a place whose answer can not be "allow".
import * as v from "valibot";
import { DEFAULT_ANSWER_MS, SUPERVISE_PARTS, type Supervise } from "./supervise.ts";

/** A call as it was when the caller entered the kernel. */
export interface SupervisedCall {
  /** Such as `socket`. */
  readonly name: string;
  /**
   * The six registers, unsigned and of 64 bits; what the call does not take is arbitrary. The kernel looks at 32 bits of an int.
   * What a descriptor or an address stands for is not fixed: only its number is.
   */
  readonly args: readonly [bigint, bigint, bigint, bigint, bigint, bigint];
  /** The calling thread as the job knows it. */
  readonly thread: number;
  /** Aborted when nobody waits for the answer any more: the job ended, or the answer is late. */
  readonly signal: AbortSignal;
}

/** A copy of what the caller's memory held. Another look may show something else: decide on one copy, and act on that. */
export interface CallerMemory {
  /** @returns null where the caller is gone or has no such memory @throws RangeError for more than 65,536 bytes */
  readonly read: (address: bigint, bytes: number) => Promise<Uint8Array | null>;
  /** Up to its NUL, at most 4,096 bytes before it, as UTF-8. @returns null also where there is no NUL by then */
  readonly text: (address: bigint) => Promise<string | null>;
}

/** An answer that may rest on the caller's memory: everything but `allow`. */
export type AnswerOfLooking =
  /** The call fails: a name such as `EACCES`, or its number. */
  | { readonly errno: string | number }
  /** The call was not made, and returns this all the same: 0 to 2^31 - 1. */
  | { readonly result: number }
  /**
   * The job gets this descriptor of the host, and the call returns its number there; with `at` it takes the place of the job's
   * descriptor of that number, and the call returns 0. It is Hutch's from then on, which closes the host's own. Never a folder:
   * by one the job would look at what is beside and above it.
   */
  | { readonly descriptor: number; readonly at?: number; readonly closeOnExec?: boolean };

/** What a handler decided. */
export type CallAnswer =
  /** The kernel makes the call as if nobody had been asked. Everything else that confines the job still holds. */
  | "allow"
  | AnswerOfLooking
  /** To decide by what pointers point to. */
  | { readonly look: (memory: CallerMemory) => AnswerOfLooking | Promise<AnswerOfLooking> };

/**
 * Decides one system call on the host. The caller waits meanwhile; its CPU time does not grow, the wall limit of the job goes on.
 * Where it throws, or answers what is no answer, the call fails with EIO; where it is late, with ETIMEDOUT.
 */
export type CallHandler = (call: SupervisedCall) => CallAnswer | Promise<CallAnswer>;
/** Handlers by the name of their system call. */
export type CallHandlers = Readonly<Record<string, CallHandler>>;

/** What callers give as `policy.supervise`. */
export interface SuperviseInput extends Partial<Omit<Supervise, "handled">> {
  /**
   * Handlers by the name of the system call. They are asked for calls that the profile of system calls allows, and for no others;
   * the calls that the setup of a job makes, `openat` and `execve` among them, can have none. Code, so no file holds it.
   */
  readonly calls?: CallHandlers;
}

const expected = "a function (call) => answer, which no policy in a file can hold";
const handlers: v.GenericSchema<unknown, CallHandlers> = v.record(
  v.string(),
  v.custom<CallHandler>((value) => typeof value === "function", expected),
);

export const SuperviseInputSchema: v.GenericSchema<unknown, SuperviseInput> = v.strictObject({
  ...SUPERVISE_PARTS,
  calls: v.exactOptional(handlers),
});

/** The same as plain data: the handlers by their names. */
export function superviseOf({
  connect = [],
  mayResolveTo = [],
  answerMs = DEFAULT_ANSWER_MS,
  calls = {},
}: SuperviseInput): Supervise {
  return { connect, mayResolveTo, answerMs, handled: Object.keys(calls).sort() };
}
