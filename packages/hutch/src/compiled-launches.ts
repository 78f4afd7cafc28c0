// Plans that were made and compiled before, by everything that they depend on. A repeated command then costs a look-up.
import type { Backend, PlannedLaunch, PlanRequest, Probe } from "@hutch/core";
import { CompiledPlan } from "@hutch/syscall";

export interface CompiledLaunch extends PlannedLaunch {
  readonly compiled: CompiledPlan;
}

/** Callers use few policies; whoever makes a new one for every call gains nothing and must not fill the memory either. */
const MOST_KEPT = 64;
const kept = new Map<string, CompiledLaunch>();

export function compiledLaunch(backend: Backend, request: PlanRequest, probe: Probe): CompiledLaunch {
  const { root, files } = request.policy;
  // A plan depends on what its sources are on the host at this moment, so one that has sources is made each time.
  if (root !== null || files.some((entry) => "source" in entry)) return compile(backend, request, probe);
  const key = JSON.stringify([backend.name, request]);
  let launch = kept.get(key);
  if (launch === undefined) {
    launch = compile(backend, request, probe);
    const [oldest] = kept.keys();
    if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(key, launch);
  }
  return launch;
}

function compile(backend: Backend, request: PlanRequest, probe: Probe): CompiledLaunch {
  const planned = backend.plan(request, probe);
  return { ...planned, compiled: new CompiledPlan(planned.plan) };
}
