// Why a command was not found inside the sandbox, and what would show it there: programs of the current folder are the first
// thing that people try, and a job sees nothing of that folder.
import { DEFAULT_POLICY, type FileEntry, type PolicyInput, PRESETS } from "hutch";
import { USUAL_COLUMNS, wrap } from "./wrap.ts";

const SYSTEM_FOLDER = /^\/(usr|bin|sbin|lib[^/]*)\//;
const HINT_INDENT = 2;

/** What of a policy decides which files a job sees. */
interface ShownFiles {
  readonly root: string | null;
  readonly files: readonly FileEntry[];
  readonly cwd: string;
}

/**
 * @param command as the user typed it @param cwd what it would be relative to on this machine
 * @returns the reason in one line, then lines with what to give where the file is there on this machine alone
 */
export function describeNotFound(command: string, policy: PolicyInput, cwd: string): readonly string[] {
  const shown = shownFiles(policy);
  const places = shown.root === null ? "system folders" : `the root file system "${shown.root}"`;
  return [
    `"${command}" or its interpreter was not found inside the sandbox, which has ${places} and what options such as --ro show`,
    ...hints(command, shown, cwd),
  ];
}

// Node's modules are loaded so, because an import of this program is there from its start, and most runs have nothing to say.
function hints(command: string, shown: ShownFiles, cwd: string): readonly string[] {
  const { existsSync } = process.getBuiltinModule("node:fs");
  const { resolve } = process.getBuiltinModule("node:path");
  const here = resolve(cwd, command);
  if (!command.includes("/") || !existsSync(here) || isShown(resolve(shown.cwd, command), shown)) return [];
  const relative = !command.startsWith("/");
  const start = relative ? `, and --cwd DIR has it start there (its working folder is ${shown.cwd})` : "";
  const what = `${here} is not shown to the job: --ro FOLDER[:DEST] shows its folder${start}`;
  const example = inExample(command, here, relative);
  return [...wrap(what, USUAL_COLUMNS - HINT_INDENT), `for example: ${example}`];
}

function inExample(command: string, here: string, relative: boolean): string {
  const { basename, dirname } = process.getBuiltinModule("node:path");
  if (!relative) return `--ro ${dirname(here)} -- ${command}`;
  if (!command.split("/").includes("..")) return `--ro . --cwd "$PWD" -- ${command}`;
  return `--ro ${dirname(here)} --cwd ${dirname(here)} -- ./${basename(here)}`;
}

/** Then the file is there and what is missing is its interpreter. */
function isShown(inside: string, { root, files }: ShownFiles): boolean {
  const { existsSync } = process.getBuiltinModule("node:fs");
  const { join } = process.getBuiltinModule("node:path");
  const entry = files.findLast(({ path }) => inside === path || inside.startsWith(`${path.replace(/\/$/, "")}/`));
  if (entry !== undefined) return "source" in entry && existsSync(join(entry.source, inside.slice(entry.path.length)));
  return root === null ? SYSTEM_FOLDER.test(inside) && existsSync(inside) : existsSync(join(root, inside));
}

function shownFiles(policy: PolicyInput): ShownFiles {
  const { extends: below = [], root, files = [], cwd } = typeof policy === "string" ? PRESETS[policy] : policy;
  const layers = [below].flat().map(shownFiles);
  const last = layers.at(-1);
  return {
    root: root ?? last?.root ?? DEFAULT_POLICY.root,
    files: [...layers.flatMap((layer) => layer.files), ...files],
    cwd: cwd ?? last?.cwd ?? DEFAULT_POLICY.cwd,
  };
}
