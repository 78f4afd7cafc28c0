// Puts every hostile program into one folder that everybody may read; those in C that are wanted are built, where there is a compiler.
import { chmodSync, copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

const SOURCES = join(import.meta.dir, "../test/programs");

/**
 * @param wanted names of programs; others in C are not built, which takes an emulated processor a minute
 * @returns why a program could not be built, by its name
 */
export async function buildPrograms(folder: string, wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
  mkdirSync(join(folder, "functions"), { recursive: true });
  for (const kind of ["functions", "sh", "python"])
    for (const file of readdirSync(join(SOURCES, kind))) {
      const copy = join(folder, kind === "functions" ? kind : "", file);
      copyFileSync(join(SOURCES, kind, file), copy);
      chmodSync(copy, kind === "functions" ? 0o644 : 0o755);
    }
  chmodSync(folder, 0o755);
  chmodSync(join(folder, "functions"), 0o755);

  const failures = new Map<string, string>();
  const sources = readdirSync(join(SOURCES, "c")).filter((file) => file.endsWith(".c") && wanted.has(file));
  const compiler = Bun.which("cc") ?? Bun.which("gcc");
  const build = async (): Promise<void> => {
    for (let file = sources.pop(); file !== undefined; file = sources.pop()) {
      const why = compiler === null ? "this machine has no C compiler" : await compile(compiler, file, folder);
      if (why !== null) failures.set(file, why);
    }
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, build));
  return failures;
}

async function compile(compiler: string, file: string, folder: string): Promise<string | null> {
  const program = join(folder, basename(file, ".c"));
  const argv = [compiler, "-O1", "-Wall", "-pthread", "-o", program, join(SOURCES, "c", file)];
  const { exited, stderr } = Bun.spawn(argv, { stdout: "ignore", stderr: "pipe" });
  const said = await new Response(stderr).text();
  if ((await exited) !== 0) return `it does not compile: ${said.trim().split("\n")[0]}`;
  chmodSync(program, 0o755);
  return null;
}

/** What starts a command inside: an interpreter and the script, or the built program. @param folder where the programs are seen */
export function argvOf(program: string, folder: string): readonly string[] {
  const path = `${folder}/${program}`;
  if (program.endsWith(".sh")) return ["/bin/sh", path];
  // The system's: one of the user's own is not shown.
  if (program.endsWith(".py")) return ["/usr/bin/python3", path];
  return [path.replace(/\.c$/, "")];
}
