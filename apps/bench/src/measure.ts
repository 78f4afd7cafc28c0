// Runs contenders in turn, A B C, B C A, …, and keeps every value. Nothing is thrown away but the warm-up.
import type { Absent, Contender, Place, Turn } from "./contender.ts";

export interface Measured {
  readonly name: string;
  readonly how: string;
  readonly place?: Place;
  /** In the scenario's unit, one per round; index i of two contenders is the same round. */
  readonly values: readonly number[];
  /** What each value is made of, by name; as many of each as there are values. */
  readonly parts?: Readonly<Record<string, readonly number[]>>;
  /** Of the last round. */
  readonly note?: string;
}

export interface Measurement {
  readonly measured: readonly Measured[];
  /** Contenders that failed, and with what. They are in no figure. */
  readonly failed: readonly Absent[];
}

export interface MeasureOptions {
  readonly rounds: number;
  readonly warmUpRounds: number;
  /** No round begins later than this after the first one. The warm-up may take a third of it. */
  readonly limitMs: number;
  readonly settleMs: number;
  readonly signal: AbortSignal;
  readonly onRound?: (round: number, rounds: number) => void;
}

const WARM_UP_SHARE = 1 / 3;

/** The order of a round: rotated by one each time, and backwards every second time, so that nobody has the same neighbour always. */
export function turnOrder(contenders: number, round: number): number[] {
  const order = Array.from({ length: contenders }, (_, index) => (index + round) % contenders);
  return round % 2 === 0 ? order : order.reverse();
}

/** An abort ends it after the turn that runs; the rounds that are complete count. */
export async function measure(contenders: readonly Contender[], options: MeasureOptions): Promise<Measurement> {
  const { rounds, warmUpRounds, signal } = options;
  const failed: Absent[] = [];
  let playing = [...contenders];
  const turns = new Map<Contender, Turn[]>(contenders.map((contender) => [contender, []]));
  const startedMs = performance.now();
  const isPast = (share: number): boolean => performance.now() - startedMs > options.limitMs * share;

  for (let round = -warmUpRounds; round < rounds && !signal.aborted; round += 1) {
    if (round < 0 && isPast(WARM_UP_SHARE)) round = 0;
    // One measured round there is in any case.
    if (round > 0 && isPast(1)) break;
    const order = turnOrder(playing.length, round + warmUpRounds);
    const { taken, broke } = await playRound(playing, order, options);
    failed.push(...broke);
    playing = playing.filter((contender) => !broke.some(({ name }) => name === contender.name));
    if (round < 0 || signal.aborted || playing.some((contender) => !taken.has(contender))) continue;
    for (const contender of playing) turns.get(contender)?.push(taken.get(contender) ?? { value: Number.NaN });
    options.onRound?.(round + 1, rounds);
  }
  const measured = playing.map((contender) => measuredOf(contender, turns.get(contender) ?? []));
  return { measured: measured.filter(({ values }) => values.length > 0), failed };
}

interface Round {
  readonly taken: ReadonlyMap<Contender, Turn>;
  readonly broke: readonly Absent[];
}

async function playRound(
  playing: readonly Contender[],
  order: readonly number[],
  { settleMs, signal }: MeasureOptions,
): Promise<Round> {
  const taken = new Map<Contender, Turn>();
  const broke: Absent[] = [];
  for (const index of order) {
    const contender = playing[index];
    if (contender === undefined || signal.aborted) continue;
    const turn = await contender
      .run(signal)
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    await Bun.sleep(settleMs);
    if (typeof turn !== "string") taken.set(contender, turn);
    // A terminal's Ctrl-C also ends what the turn had started: that is no failure of the contender.
    else if (!signal.aborted) broke.push({ name: contender.name, why: turn });
  }
  return { taken, broke };
}

function measuredOf({ name, how, place }: Contender, turns: readonly Turn[]): Measured {
  const parts = Object.keys(turns[0]?.parts ?? {}).map((part) => [part, turns.map((turn) => turn.parts?.[part] ?? 0)]);
  const note = turns.at(-1)?.note;
  return {
    name,
    how,
    ...(note === undefined ? {} : { note }),
    ...(place === undefined ? {} : { place }),
    values: turns.map(({ value }) => value),
    ...(parts.length === 0 ? {} : { parts: Object.fromEntries(parts) }),
  };
}
