// A program that imports something heavy, and hardly uses it.
import ts from "typescript-js";

console.log(ts.version);
