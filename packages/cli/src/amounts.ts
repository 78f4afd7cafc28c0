// Sizes and times as a user writes them. A number without a unit is refused: nobody should have to guess which one was meant.
import { UsageError } from "./usage-error.ts";

const SIZE_UNITS: Readonly<Record<string, number>> = {
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  B: 1,
};

const TIME_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

interface AmountKind {
  readonly what: string;
  readonly example: string;
  readonly units: Readonly<Record<string, number>>;
  readonly smallest: string;
}

const SIZE: AmountKind = { what: "a size", example: "256MiB", units: SIZE_UNITS, smallest: "bytes" };
const TIME: AmountKind = { what: "a time", example: "2s", units: TIME_UNITS, smallest: "milliseconds" };

/** @param typed for the message: `--memory 256MiB`, where the size is a part of it too @throws UsageError */
export function parseSize(typed: string, given: string): number {
  return parseAmount(SIZE, typed, given);
}

/** Milliseconds. @throws UsageError */
export function parseTime(typed: string, given: string): number {
  return parseAmount(TIME, typed, given);
}

/** A whole number from 1 on, without a unit. @throws UsageError */
export function parseCount(typed: string, given: string): number {
  const count = /^\d+$/.test(given) ? Number(given) : 0;
  if (count < 1 || !Number.isSafeInteger(count)) {
    throw new UsageError(`${typed}: expected a whole number of at least 1, such as 64`);
  }
  return count;
}

function parseAmount(kind: AmountKind, typed: string, given: string): number {
  const refuse = (why: string): never => {
    throw new UsageError(`${typed}: ${why}`);
  };
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([A-Za-z]+)$/.exec(given) ?? [];
  const factor = unit !== undefined && Object.hasOwn(kind.units, unit) ? kind.units[unit] : undefined;
  if (digits === undefined || factor === undefined) {
    return refuse(`expected ${kind.what} with a unit, such as ${kind.example} (${Object.keys(kind.units).join(", ")})`);
  }
  const amount = Number(digits) * factor;
  if (amount === 0) return refuse(`expected ${kind.what} greater than zero, such as ${kind.example}`);
  if (!Number.isSafeInteger(amount))
    return refuse(`expected ${kind.what} in whole ${kind.smallest}, such as ${kind.example}`);
  return amount;
}

/** `256 MiB`, `1.5 KiB`, `12 B` */
export function formatSize(bytes: number): string {
  for (const unit of ["GiB", "MiB", "KiB"]) {
    const factor = SIZE_UNITS[unit] ?? 1;
    if (bytes >= factor) return `${Number((bytes / factor).toFixed(2))} ${unit}`;
  }
  return `${bytes} B`;
}

/** `2 s`, `1.25 s`, `40 ms` */
export function formatTime(ms: number): string {
  return ms >= 1000 ? `${Number((ms / 1000).toFixed(2))} s` : `${Number(ms.toFixed(2))} ms`;
}
