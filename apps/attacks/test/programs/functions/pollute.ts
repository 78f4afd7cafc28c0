// Spoils everything that a later job could find: builtins, globals, modules, environment, folder, mask, files, handlers.
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Targets } from "./native.ts";

export default function pollute(_targets: Targets): string[] {
  Object.assign(Object.prototype, { polluted: "yes" });
  Object.assign(globalThis, { leftBehind: "yes" });
  Array.prototype.sort = () => [1, 2, 3];
  JSON.parse = () => ["spoiled"];
  // biome-ignore lint/suspicious/noThenProperty: it is what is spoiled.
  Promise.prototype.then = function neverThen() {
    return this;
  };
  process.exit = (() => undefined) as never;
  Bun.gc = (() => 0) as never;
  process.env.LEFT = "yes";
  process.env.TZ = "Pacific/Kiritimati";
  process.umask(0);
  process.title = "spoiled";
  process.on("exit", () => {
    process.exitCode = 0;
  });
  const require = createRequire(import.meta.url);
  Object.assign(require("node:fs"), { readdirSync: () => ["spoiled"] });
  for (const folder of ["/tmp", "/dev/shm"]) {
    mkdirSync(`${folder}/left`, { recursive: true });
    writeFileSync(`${folder}/left/file`, "left");
  }
  process.chdir("/dev/shm");
  setInterval(() => undefined, 1);
  return ["polluted"];
}
