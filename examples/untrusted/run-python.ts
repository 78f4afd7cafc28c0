// Runs a Python program that nobody trusts. What it does to the interpreter, and through it to this process, ends with the job.
import { python } from "../trusted/python.ts";

/** @returns what the program printed, and its last value as text */
export function runPython(program: string): { readonly printed: string; readonly value: string } {
  const lines: string[] = [];
  python.setStdout({ batched: (line) => lines.push(line) });
  const value: unknown = python.runPython(program);
  return { printed: lines.join("\n"), value: String(value) };
}
