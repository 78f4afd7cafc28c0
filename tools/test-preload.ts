// Loaded before the test files: bunfig.toml of each package names it.
import { afterAll } from "bun:test";

// `bun test` ends without the event by which the SDK takes away what it keeps for later jobs, so it is sent here.
// ORDER: after the hooks of the test files, which close their pools.
afterAll(() => {
  process.emit("exit", 0);
});
