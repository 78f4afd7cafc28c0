// node:child_process with both pipes read.
import { spawn } from "node:child_process";
import { serve } from "./serve-lines.mjs";

await serve((program) => run(spawn(program, { stdio: ["ignore", "pipe", "pipe"] })));

function run(child) {
  child.stdout.resume();
  child.stderr.resume();
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`it exited with ${code}`))));
  });
}
