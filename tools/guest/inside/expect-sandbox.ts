// Inside a guest: what a machine has to show before somebody followed the advice, and after.
import { expect } from "bun:test";
import { sandboxCli, type Who } from "./sandbox-cli.ts";

const REFUSED = 125;

export interface Advice {
  /** What the machine's owner can change, one line each. */
  readonly fixes: readonly string[];
  /** The words after `sandbox-cli` that run something all the same; null where nothing can. */
  readonly allTheSame: readonly string[] | null;
}

/** Nothing runs, why is said by name, and doctor and the refusal give the same advice. */
export function expectRefused(who: Who, control: string, why: string): Advice {
  const doctor = sandboxCli(who, "doctor");
  expect({ who, status: doctor.status, stderr: doctor.stderr }).toEqual({ who, status: 1, stderr: "" });
  const conclusion = doctor.stdout.slice(doctor.stdout.indexOf("The default policy cannot be enforced"));
  const fixes = conclusion.split("\n").flatMap((line) => (line.startsWith("  ") ? [line.trim()] : []));
  const run = sandboxCli(who, "run", "--", "echo", "ran");
  expect(run).toMatchObject({ status: REFUSED, stdout: "" });
  const [sentence, ...hints] = run.stderr.trim().split("\n");
  expect(sentence).toStartWith(`sandbox-cli: Cannot start the sandbox: ${control} (`);
  expect(sentence).toContain(why);
  expect(hints.map((line) => line.trim())).toEqual(fixes);
  const words = /sandbox-cli (run --best-effort \S+ -- )COMMAND/.exec(conclusion)?.[1];
  return { fixes, allTheSame: words?.trim().split(" ") ?? null };
}

export function expectWorking(who: Who, words: readonly string[] = ["run", "--"]): void {
  const told = sandboxCli(who, ...words, "echo", "ran");
  expect({ who, words, ...told }).toEqual({ who, words, status: 0, stdout: "ran\n", stderr: "" });
}
