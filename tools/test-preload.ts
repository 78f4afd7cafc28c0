// Loaded before every test file: bunfig.toml of each package names it.
import { afterAll, setDefaultTimeout } from "bun:test";

/** When a test hangs, not how long one may take: Bun's own 5 s are too few on a machine that is busy with something else. */
const HANGS_MS = 120_000;
setDefaultTimeout(HANGS_MS);

// `bun test` ends without the event by which the SDK takes away what it keeps for later jobs, so it is sent here.
// ORDER: after the hooks of the test files, which close their pools.
afterAll(() => {
  process.emit("exit", 0);
});
