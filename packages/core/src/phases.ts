// Where the time of one job went, from the caller's call to its result: one list of phases, each of which begins where the one
// before it ends. A phase that this kind of job does not have is null, and so is one whose end nobody could see: its time is
// in the next one that has a figure.

/** In the order of time. docs/performance.md says where each ends. */
export const PHASES = ["prepare", "clone", "steps", "start", "request", "run", "response", "exit", "reap"] as const;
export type Phase = (typeof PHASES)[number];

/** Milliseconds. Those that are not null add up to `totalMs` of the same timings. */
export type Phases = Readonly<Record<Phase, number | null>>;

/** When phases ended, milliseconds of one clock. */
export type PhaseEnds = Readonly<Partial<Record<Exclude<Phase, "reap">, number | null>>>;

/** The last phase lasts until `untilMs`. An end before that of an earlier phase is taken for that one's. */
export function phasesOf(fromMs: number, ends: PhaseEnds, untilMs: number): Phases {
  let atMs = fromMs;
  const until = (endMs: number | null | undefined): number | null => {
    if (endMs === null || endMs === undefined || !Number.isFinite(endMs)) return null;
    const beganMs = atMs;
    atMs = Math.min(untilMs, Math.max(atMs, endMs));
    return atMs - beganMs;
  };
  const phases = PHASES.map((phase) => [phase, until(phase === "reap" ? untilMs : ends[phase])] as const);
  return Object.fromEntries(phases) as Record<Phase, number | null>;
}
