// Callers that start their next job when the one before has ended.

export interface Shift {
  readonly jobs: number;
  readonly ms: number;
}

/** @param job gets the number of its caller */
export async function work(callers: number, ms: number, job: (caller: number) => Promise<unknown>): Promise<Shift> {
  const started = performance.now();
  let jobs = 0;
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      while (performance.now() - started < ms) {
        await job(caller);
        jobs += 1;
      }
    }),
  );
  return { jobs, ms: performance.now() - started };
}
