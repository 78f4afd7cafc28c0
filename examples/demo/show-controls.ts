// What held for a job, control by control, and why the sandbox was refused where it was.
import type { Report, SandboxRefusedError } from "hutch";
import { type Colour, heading, paint, wrap } from "./page.ts";

const INDENT = 24;

export function showControls(title: string, { isolation }: Report): void {
  heading(title);
  const enforced = isolation.controls.filter(({ state }) => state === "enforced");
  for (const { name, why } of enforced) console.log(marked("+", "green", name, why));
  const missing = isolation.controls.filter(({ state }) => state !== "enforced");
  if (missing.length > 0) heading("What was not");
  for (const { name, state, why } of missing) console.log(marked("-", "yellow", name, `${state}: ${why}`));
}

/** Exactly why nothing was run, and the smallest thing that the machine's owner can change. */
export function showRefusal({ missing }: SandboxRefusedError): void {
  heading("The sandbox was refused, so nothing was run");
  for (const { name, why, fix } of missing) {
    console.log(marked("-", "red", name, why));
    if (fix !== undefined) console.log(wrap(fix, INDENT, "  what to change"));
  }
  console.log("\nEvery control, tried one by one: npx --yes bun@1.4.5 run doctor");
}

function marked(mark: string, colour: Colour, name: string, text: string): string {
  return paint(colour, mark) + wrap(text, INDENT, `${mark} ${name}`).slice(mark.length);
}
