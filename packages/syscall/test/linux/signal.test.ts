import { expect, test } from "bun:test";
import { constants } from "node:os";
import { SIG, signalName } from "../../src/linux/signal.ts";

test("SIG has the numbers of node:os", () => {
  for (const [name, number] of Object.entries(constants.signals)) {
    const short = name.slice(3);
    if (short in SIG) expect([short, SIG[short as keyof typeof SIG] as number]).toEqual([short, number]);
  }
});

test("signalName() names ordinary, real-time and impossible signals", () => {
  expect([9, 32, 35, 64, 0, 65].map(signalName)).toEqual([
    "SIGKILL",
    "SIGRTMIN",
    "SIGRTMIN+3",
    "SIGRTMIN+32",
    "signal 0",
    "signal 65",
  ]);
});
