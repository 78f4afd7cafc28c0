// Randomness of a forked job. All copies of one worker start with the same state of every generator that lives in
// memory; reseed() gives each its own, before any of the user's code runs. What user code can see of the functions
// stays as it was: they are not replaced, their state is.
import { setRandomSeed } from "bun:jsc";
import { call } from "@hutch/syscall";

/** The runtime's pool of entropy for randomUUID, getRandomValues and randomUUIDv7, in bytes. */
const POOL_BYTES = 2048;
/** Largest request that is served from the pool: larger ones go to the kernel. */
const LARGEST_POOLED = 256;
/** Math.random() takes a seed of 32 bits only; a random number of steps on top makes it 42. */
const MOST_STEPS = 1024;

// The functions as they were before any preloaded code could replace them.
const nextRandom = Math.random;
const fillRandom: (view: Uint8Array) => unknown = crypto.getRandomValues.bind(crypto);

/**
 * Call it once in the child. Takes some microseconds.
 * Math.random() of a realm that the job makes later (node:vm, Worker, ShadowRealm) is not reached: the engine seeds it from
 * a generator that copies share. What node:crypto and the crypto object give is different there too.
 */
export function reseed(): void {
  const seed = new Uint32Array(2);
  call("getrandom", seed, seed.byteLength, 0);
  setRandomSeed(seed[0] as number);
  for (let step = (seed[1] as number) % MOST_STEPS; step > 0; step--) nextRandom();
  // The pool is filled anew by the kernel when it runs out, and nothing else can empty it: take out more than it holds.
  const scrap = new Uint8Array(LARGEST_POOLED);
  for (let taken = 0; taken <= POOL_BYTES; taken += LARGEST_POOLED) fillRandom(scrap);
}
