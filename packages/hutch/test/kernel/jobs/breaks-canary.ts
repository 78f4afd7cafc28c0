// Preloaded code that breaks in copies alone what the canary tries: such a worker's functions start cold.
import { readlinkSync } from "node:fs";

const namespaceHere = (): string => readlinkSync("/proc/self/ns/pid");
const worker = namespaceHere();
const { compile } = WebAssembly;
WebAssembly.compile = async (source) => {
  if (namespaceHere() !== worker) throw new Error("planted: no copy compiles");
  return await compile(source);
};
