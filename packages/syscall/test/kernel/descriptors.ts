import { readdirSync } from "node:fs";

/** How many descriptors this process has open, for tests that must leave none behind. */
export function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}
