// Preloaded code that breaks in copies alone what every job needs before its code runs.
import { readlinkSync } from "node:fs";

const namespaceHere = (): string => readlinkSync("/proc/self/ns/pid");
const worker = namespaceHere();
const { getUint32 } = DataView.prototype;
DataView.prototype.getUint32 = function (...args: Parameters<typeof getUint32>): number {
  if (namespaceHere() !== worker) throw new Error("planted: no copy reads a number");
  return getUint32.apply(this, args);
};
