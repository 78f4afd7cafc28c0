// Runs contenders in turn, A B C, B C A, …, and keeps every time. Nothing is thrown away but the warm-up.
import type { Absent, Contender } from "./contender.ts";

export interface Measured {
  readonly name: string;
  readonly how: string;
  /** Microseconds, one per round; index i of two contenders is the same round. */
  readonly micros: readonly number[];
}

export interface Measurement {
  readonly measured: readonly Measured[];
  /** Contenders that failed, and with what. They are in no figure. */
  readonly failed: readonly Absent[];
}

export interface MeasureOptions {
  readonly rounds: number;
  readonly warmUpRounds: number;
  /** Idle time after each turn, so that what a contender leaves to the kernel (teardown of namespaces) is not billed to the next. */
  readonly settleMs: number;
  readonly signal: AbortSignal;
  readonly onRound?: (round: number, rounds: number) => void;
}

/** The order of a round: rotated by one each time, and backwards every second time, so that nobody has the same neighbour always. */
export function turnOrder(contenders: number, round: number): number[] {
  const order = Array.from({ length: contenders }, (_, index) => (index + round) % contenders);
  return round % 2 === 0 ? order : order.reverse();
}

/** An abort ends it after the turn that runs; the rounds that are complete count. */
export async function measure(contenders: readonly Contender[], options: MeasureOptions): Promise<Measurement> {
  const { rounds, warmUpRounds, settleMs, signal } = options;
  const failed: Absent[] = [];
  let playing = [...contenders];
  const times = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));

  for (let round = -warmUpRounds; round < rounds && !signal.aborted; round += 1) {
    const turn = new Map<Contender, number>();
    for (const index of turnOrder(playing.length, round + warmUpRounds)) {
      const contender = playing[index];
      if (contender === undefined || signal.aborted) continue;
      try {
        turn.set(contender, await timed(contender));
      } catch (error) {
        failed.push({ name: contender.name, why: error instanceof Error ? error.message : String(error) });
      }
      await Bun.sleep(settleMs);
    }
    playing = playing.filter((contender) => !failed.some(({ name }) => name === contender.name));
    if (round < 0 || turn.size < playing.length) continue;
    for (const contender of playing) times.get(contender)?.push(turn.get(contender) ?? Number.NaN);
    options.onRound?.(round + 1, rounds);
  }
  const measured = playing.map((contender) => ({
    name: contender.name,
    how: contender.how,
    micros: times.get(contender) ?? [],
  }));
  return { measured: measured.filter(({ micros }) => micros.length > 0), failed };
}

async function timed(contender: Contender): Promise<number> {
  const started = Bun.nanoseconds();
  await contender.run();
  return (Bun.nanoseconds() - started) / 1000;
}
