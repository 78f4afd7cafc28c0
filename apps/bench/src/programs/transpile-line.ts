// A program that imports something heavy for a small piece of work.
import ts from "typescript-js";

console.log(ts.transpileModule("export const answer: number = 42;", {}).outputText);
