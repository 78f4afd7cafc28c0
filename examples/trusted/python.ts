// CPython as WebAssembly, loaded once and ready to run programs. Preloaded into a worker: every job starts with a copy of it.
import { readFileSync } from "node:fs";
import type { PyodideInterface } from "pyodide";

// A file that is read asynchronously starts threads, and a process with threads cannot be copied.
const files = process.getBuiltinModule("node:fs/promises");
const { readFile } = files;
files.readFile = (async (...[path, options]: Parameters<typeof readFileSync>) =>
  readFileSync(path, options)) as typeof readFile;
const { loadPyodide } = await import("pyodide");
export const python: PyodideInterface = await loadPyodide();
// What the first program would wait for.
python.runPython("import json, math, re, statistics");
files.readFile = readFile;
