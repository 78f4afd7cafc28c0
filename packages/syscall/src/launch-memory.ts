// The memory that the children of a launch share with their launcher (walk-plan.c), beside the plan itself.
import { ptr } from "bun:ffi";
import { rawCall } from "./call.ts";
import { syscallNumber } from "./linux/numbers.ts";

const STACK_BYTES = 65_536;
const ALIGNMENT = 16;
const STACKS = 3;
const PR_GET_TID_ADDRESS = 40;

/** For process 1, process 2 and the thread. One launch uses them at a time. */
export interface Stacks {
  readonly memory: ArrayBuffer;
  readonly address: number;
}

let spare: Stacks | null = null;
const inUse: Map<Stacks, unknown> = new Map();

/**
 * Until they are returned, they and what else the launch shares stay where they are. A warm copy returns nothing: the process
 * that holds its memory is on one of them. It has nothing to do for that, either: what only a copy does, each copy compiles anew.
 */
export function takeStacks(shared: unknown): Stacks {
  const stacks = spare ?? makeStacks();
  spare = null;
  inUse.set(stacks, shared);
  return stacks;
}

export function returnStacks(stacks: Stacks): void {
  inUse.delete(stacks);
  spare = stacks;
}

function makeStacks(): Stacks {
  const memory = new ArrayBuffer(STACKS * STACK_BYTES + ALIGNMENT);
  return { memory, address: Math.ceil(ptr(memory) / ALIGNMENT) * ALIGNMENT };
}

/** Where each begins: stacks grow down. */
export function stackEnds({ address }: Stacks): readonly bigint[] {
  return Array.from({ length: STACKS }, (_, index) => BigInt(address + (index + 1) * STACK_BYTES));
}

/** A process that was killed and has not come back from the kernel never runs again, but the kernel may still write for it. */
export function keepForever(stacks: Stacks, shared: unknown): void {
  inUse.set(stacks, shared);
}

export function copyWords(words: BigInt64Array): BigInt64Array {
  // SAFETY: over an ArrayBuffer of its own the storage of a view never moves.
  const copied = new BigInt64Array(new ArrayBuffer(words.byteLength));
  copied.set(words);
  return copied;
}

/**
 * glibc's cached id of this thread, so that a warm copy can have its own written there; 0 where the kernel does not tell.
 * SINCE: Linux 3.5 with CONFIG_CHECKPOINT_RESTORE (PR_GET_TID_ADDRESS, prctl(2)).
 */
export function tidAddress(): bigint {
  const address = new BigUint64Array(1);
  return rawCall(syscallNumber("prctl"), PR_GET_TID_ADDRESS, address) === 0 ? (address[0] ?? 0n) : 0n;
}
