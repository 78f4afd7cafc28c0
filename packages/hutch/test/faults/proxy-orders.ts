// What a test can have done to one packet on its way between host and worker.

export const HARMS = [
  "truncate",
  "corrupt",
  "lengthen",
  "drop",
  "double",
  "strip",
  "add",
  /** It and all that follow come later. */
  "hold",
  /** It alone comes later. */
  "overtake",
] as const;

export type Harm = (typeof HARMS)[number];
export type Way = "to-worker" | "to-host";

export interface Order {
  readonly id: number;
  readonly harm: Harm;
  readonly way: Way;
  /** Chooses the byte, the length or the descriptor. */
  readonly random: number;
  /** How late it comes. */
  readonly ms: number;
  /** Nothing is done where no packet comes within so many milliseconds. */
  readonly withinMs: number;
}

/** A line of the proxy's stdout. */
export interface Answer {
  readonly id: number;
  readonly done: boolean;
  /** Workers that are connected. */
  readonly links: number;
}
