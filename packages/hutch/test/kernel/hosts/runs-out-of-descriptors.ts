// Opens files until there are no descriptors left, tries to run a command, closes them and tries again.
import { closeSync, openSync } from "node:fs";
import { run } from "../../../src/index.ts";

await run(["true"]);
const opened: number[] = [];
try {
  for (;;) opened.push(openSync("/dev/null", "r"));
} catch (error) {
  if ((error as { code?: string }).code !== "EMFILE") throw error;
}
const refused = await run(["true"]).then(
  (result) => `not refused: ${result.verdict.status}`,
  (error: { code?: string; hints?: readonly string[]; cause?: { code?: string } }) =>
    `refused: ${error.code}, ${error.cause?.code}, ${error.hints?.join()}`,
);
for (const fd of opened) closeSync(fd);
console.log(refused);
const result = await run(["true"]);
console.log(`then: ${result.verdict.status}`);
