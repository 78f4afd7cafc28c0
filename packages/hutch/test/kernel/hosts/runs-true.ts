// Runs a command that ends at once. Like every first run of a process it takes away what dead hosts left.
import { run } from "../../../src/index.ts";

const { verdict } = await run(["true"]);
console.log(verdict.status);
