// The coders that the protocol's messages share, made from micro-packed at their first use.
// micro-packed refuses truncated and trailing bytes, bytes that are not UTF-8, and lengths past the end of the packet.
import type { CoderType } from "micro-packed";
import { lazy } from "../lazy.ts";

type Packed = typeof import("micro-packed");

/** A message as the library spells a union: the kind beside the rest. */
export type Tagged<M extends { readonly kind: string }> = M extends { readonly kind: infer K }
  ? { readonly TAG: K; readonly data: Omit<M, "kind"> }
  : never;

export interface SharedCoders {
  readonly P: Packed;
  readonly text: CoderType<string>;
  readonly texts: CoderType<readonly string[]>;
  /** A list of anything that takes bytes: its length cannot ask for more elements than the packet has bytes. */
  list<T>(length: CoderType<number>, element: CoderType<T>): CoderType<readonly T[]>;
  /** An amount of bytes or a time: finite, whole, not negative, above 32 bits too. */
  readonly amount: CoderType<number>;
  choice<const T extends readonly string[]>(...names: T): CoderType<T[number]>;
  /** A part that a schema already describes: it travels as JSON and `parse` checks it on arrival. */
  json<T>(parse: (value: unknown) => T): CoderType<T>;
}

export const sharedCoders: () => SharedCoders = lazy(() => {
  const P = require("micro-packed") as Packed;
  const text = P.string(P.U32LE);
  const list = <T>(length: CoderType<number>, element: CoderType<T>) =>
    P.array(length, element) as unknown as CoderType<readonly T[]>;
  return {
    P,
    text,
    texts: list(P.U16LE, text),
    list,
    amount: P.validate(P.F64LE, (value) => {
      if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0))
        throw new RangeError(`${value} is not an amount`);
      return value;
    }),
    choice: <const T extends readonly string[]>(...names: T) =>
      P.map(P.U8, Object.fromEntries(names.map((name, index) => [name, index]))) as CoderType<T[number]>,
    json: <T>(parse: (value: unknown) => T) =>
      P.apply(text, {
        encode: (encoded: string): T => parse(JSON.parse(encoded)),
        decode: (value: T): string => JSON.stringify(value),
      }),
  };
});
