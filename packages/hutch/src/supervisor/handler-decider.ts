// A user's handler as one that decides: it is asked on registers, and only where it gave "allow" up is it shown memory.
import type { AnswerOfLooking, CallAnswer, CallHandler } from "@hutch/core";
import { OwnedFd, toFd } from "@hutch/syscall";
import { type Caller, readMemory, readText } from "./caller.ts";
import { type Decide, type Decision, drop } from "./decision.ts";

const MOST_ERRNO = 511;
const MOST_INT = 2 ** 31 - 1;
/** Given in an answer, and not closed yet. */
const held: Set<number> = new Set();
const EXPECTED = "an object with one of errno, result or descriptor";

export function handlerDecider(name: string, handler: CallHandler): Decide {
  return (caller) => {
    const { args, pid } = caller.notification;
    return then(handler({ name, args, thread: pid, signal: caller.signal }), (given) => decideFirst(given, caller));
  };
}

/** A handler that has its answer at once costs no turn of the event loop. */
function then<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  const waits = typeof value === "object" && value !== null && "then" in value;
  return waits ? Promise.resolve(value).then(next) : next(value as T);
}

function decideFirst(given: CallAnswer, caller: Caller): Decision | Promise<Decision> {
  if (given === "allow") return { kind: "continue" };
  if (typeof given === "object" && given !== null && "look" in given) {
    if (typeof given.look !== "function") throw new TypeError("Cannot use the answer: look is no function");
    const memory = {
      read: (address: bigint, bytes: number) => readMemory(caller, address, bytes),
      text: (address: bigint) => readText(caller, address),
    };
    return then(given.look(memory), decideLooked);
  }
  return decideLooked(given);
}

/** SAFETY: nothing in here makes the kernel go on, whatever was answered. */
function decideLooked(given: AnswerOfLooking): Decision {
  const answer: unknown = given;
  if (answer === "allow")
    throw new TypeError('Cannot use the answer "allow" of look(): the job can change what was looked at');
  if (typeof answer !== "object" || answer === null) throw new TypeError(`Cannot use the answer: expected ${EXPECTED}`);
  if ("descriptor" in given) return decideDescriptor(given);
  if ("errno" in given) return { kind: "answer", result: -errnoNumber(given.errno) };
  if ("result" in given) return { kind: "answer", result: checkInt("result", given.result, 0, MOST_INT) };
  throw new TypeError(`Cannot use the answer: expected ${EXPECTED}`);
}

function decideDescriptor({ descriptor, at, closeOnExec }: Extract<AnswerOfLooking, { descriptor: number }>): Decision {
  const fd = toFd(checkInt("descriptor", descriptor, 0, MOST_INT));
  // Closed for the one call, its number would soon be another file's, and that one go to the other.
  if (held.has(fd)) throw new TypeError(`Cannot give descriptor ${fd} twice: open the file for each call`);
  const ours = new OwnedFd(fd);
  const forget = (): boolean => held.delete(fd);
  const decision: Decision = { kind: "descriptor", ours, at: at ?? null, closeOnExec: closeOnExec === true, forget };
  held.add(fd);
  try {
    if (at !== undefined) checkInt("at", at, 0, MOST_INT);
    if (process.getBuiltinModule("node:fs").fstatSync(descriptor).isDirectory())
      throw new TypeError("Cannot give the job a folder: it would look at what is beside and above it");
    return decision;
  } catch (error) {
    drop(decision);
    throw error;
  }
}

function errnoNumber(given: string | number): number {
  const known: Readonly<Record<string, number | undefined>> = process.getBuiltinModule("node:os").constants.errno;
  const errno = typeof given === "string" ? known[given] : given;
  if (errno === undefined) throw new TypeError(`Cannot use errno "${given}": there is no such error`);
  // From 512 on they are the kernel's own words for "make the call again".
  return checkInt("errno", errno, 1, MOST_ERRNO);
}

function checkInt(what: string, given: unknown, least: number, most: number): number {
  if (typeof given === "number" && Number.isInteger(given) && given >= least && given <= most) return given;
  throw new TypeError(`Cannot use ${what} ${String(given)}: expected a whole number from ${least} to ${most}`);
}
