// The module of every pool that is attacked: an attack is loaded by its name, so that each has a file of its own.
import { readdirSync } from "node:fs";

type Targets = Readonly<Record<string, string>>;

export async function attack(name: string, targets: Targets): Promise<string[]> {
  const program: { default: (targets: Targets) => string[] | Promise<string[]> } = await import(`./${name}.ts`);
  return await program.default(targets);
}

/** What a fresh job finds. @param isolated it has a file system of its own */
export function well(isolated: boolean): string[] {
  const wrong = [
    ...Object.keys(Object.prototype),
    ...Object.keys(globalThis).filter((name) => name.startsWith("left")),
    ...(process.env.LEFT === undefined ? [] : ["environment"]),
    ...([3, 1, 2].sort().join("") === "123" && JSON.parse("[1]")[0] === 1 ? [] : ["builtins"]),
  ];
  if (isolated) {
    if (process.cwd() !== "/tmp") wrong.push(process.cwd());
    wrong.push(...readdirSync("/tmp"), ...readdirSync("/dev/shm"));
    if (process.umask() !== 0o022) wrong.push("umask");
  }
  return wrong.length === 0 ? ["well"] : wrong;
}
