// Options that every call takes, checked before anything is started.
import { type Limits, type ParsedPolicy, type Payload, type PolicyInput, parsePolicyInput } from "@hutch/core";
import type { TerminalSize } from "@hutch/syscall";
import { checkPolicy } from "./check-policy.ts";
import { checkSignal } from "./check-signal.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { checkTerminalSize } from "./terminal-size.ts";

/** What every job takes. */
export interface JobOptions {
  /** What is not given is taken from the pool, from the policy, or from DEFAULT_LIMITS. */
  readonly limits?: Partial<Limits>;
  /** Ends the job; the promise rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/**
 * What the job reads on descriptor 0.
 * - text or bytes: a sealed memfd, so nothing is written while the job runs
 * - a stream: a pipe
 * - a Payload with `compression: "zstd"`: inflated inside the job, up to `limits.inflatedBytes`
 * - `{ inherit: true }`: descriptor 0 of this process where it is a pipe; of anything else a copy of what it holds
 *
 * Without it the job reads from /dev/null.
 */
export type Stdin = string | Uint8Array | ReadableStream<Uint8Array> | Payload | { readonly inherit: true };

/** Options of run(). */
export interface RunOptions extends JobOptions {
  /** A preset by its name, or an object; loadPolicy() gives one from a file. */
  readonly policy?: PolicyInput;
  /** What it reads; /dev/null unless given. */
  readonly stdin?: Stdin;
  /**
   * A terminal of this size as stdin, stdout and stderr, which is the job's controlling terminal; `stdin` is what is typed.
   * The policy's `terminal` is true with it.
   */
  readonly terminal?: TerminalSize;
}

const KNOWN = ["limits", "signal", "policy", "stdin", "terminal"];

/** @throws TypeError or RangeError that names the option */
export function checkRunOptions(argv: readonly string[], options: RunOptions): ParsedPolicy {
  checkArgv(argv);
  refuseUnknown(options, KNOWN);
  checkSignal(options.signal);
  const parsed = parsePolicyInput(options.policy, options.limits);
  if (options.terminal !== undefined) checkTerminalSize(options.terminal);
  const policy = options.terminal === undefined ? parsed.policy : { ...parsed.policy, terminal: true };
  checkPolicy(policy, "command");
  return { ...parsed, policy };
}

/** @throws TypeError for an empty list, an empty program name, or text that C can not carry */
export function checkArgv(argv: readonly string[]): void {
  if (!Array.isArray(argv) || argv.length === 0)
    throw new TypeError("Cannot run a command: expected an array with at least the program's name");
  argv.forEach((argument, index) => {
    if (typeof argument !== "string")
      throw new TypeError(`Cannot use argv[${index}]: expected text, received ${typeof argument}`);
    if (argument.includes("\0")) throw new TypeError(`Cannot use argv[${index}]: it holds a NUL byte`);
    if (!argument.isWellFormed()) throw new TypeError(`Cannot use argv[${index}]: it holds a lone surrogate`);
  });
  if (argv[0] === "") throw new TypeError("Cannot run a command: the program's name is empty");
}

/** Bytes as a payload. @param name what the caller calls them, for the message @throws TypeError for anything else */
export function payloadOf(given: Uint8Array | Payload, name: string): Payload {
  if (given instanceof Uint8Array) return { bytes: given, compression: "none" };
  if (typeof given !== "object" || given === null || !(given.bytes instanceof Uint8Array))
    throw new TypeError(`Cannot use ${name}: expected bytes, or a payload of bytes and compression`);
  if (given.compression !== "none" && given.compression !== "zstd")
    throw new TypeError(
      `Cannot use ${name} with compression "${String(given.compression)}": expected "none" or "zstd"`,
    );
  return given;
}
