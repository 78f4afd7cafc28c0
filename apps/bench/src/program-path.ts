// Where the small programs lie that contenders run.
import { fileURLToPath } from "node:url";

export function programPath(name: string): string {
  return fileURLToPath(import.meta.resolve(`./programs/${name}`));
}
