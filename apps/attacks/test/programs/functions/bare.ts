// Runs one attack in no sandbox at all, with its targets from the environment.
import { attack } from "./attack.ts";

const targets = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? ""]));
console.log((await attack(process.argv[2] ?? "", targets)).join("\n"));
