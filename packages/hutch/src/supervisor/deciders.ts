// Who decides which call of a policy's jobs: the shipped one for connect(2), and the user's handlers.
import type { CallHandlers, Supervise } from "@hutch/core";
import { arch, syscallNumbers } from "@hutch/syscall";
import { connectDecider } from "./connect-decider.ts";
import type { Decide } from "./decision.ts";
import { handlerDecider } from "./handler-decider.ts";

interface Decider {
  readonly name: string;
  readonly decide: Decide;
}

export interface Deciders {
  readonly get: (number: number) => Decider | undefined;
  /** What has no answer by then fails, milliseconds. */
  readonly answerMs: number;
}

/** @param handlers those that the policy's `handled` names */
export function decidersOf(policy: Supervise, handlers: CallHandlers): Deciders {
  const byName = new Map<string, Decide>();
  if (policy.connect.length > 0) byName.set("connect", connectDecider(policy));
  for (const [name, handler] of Object.entries(handlers)) byName.set(name, handlerDecider(name, handler));
  const numbers: Readonly<Record<string, number | undefined>> = syscallNumbers(arch());
  const byNumber = new Map<number, Decider>();
  for (const [name, decide] of byName) {
    const number = numbers[name];
    if (number !== undefined) byNumber.set(number, { name, decide });
  }
  return { get: (number) => byNumber.get(number), answerMs: policy.answerMs };
}
