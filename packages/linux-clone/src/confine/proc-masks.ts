// Files of /proc that everybody may read and that tell a job about the machine or about who started it: they are empty inside.
// What root alone may read or write there (kcore, timer_list, sysrq-trigger, sys) needs no mask, because no job is root of the
// machine; landlock lets nothing in /proc be written; and each mask costs every launch six microseconds.
import type { Step } from "@hutch/core";
import { MS } from "@hutch/syscall";
import { ENOENT, NULL, step, text } from "../step.ts";

const MASKED: readonly (readonly [path: string, why: string])[] = [
  ["/proc/keys", "it lists the keys of the launching user"],
  ["/proc/interrupts", "its counters tell when somebody types"],
  ["/proc/cmdline", "it tells how the machine was started"],
];

/** @param nothing path of a device that reads as empty, from where the plan stands */
export function planProcMasks(nothing: string): Step[] {
  return MASKED.map(([path, why]) =>
    // Kernels are built without some of them.
    step("mask file", "mount", [text(nothing), text(path), NULL, MS.BIND, NULL], why, { detail: path, allow: ENOENT }),
  );
}
