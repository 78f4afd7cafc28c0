// Holds the code against the rules of CONTRIBUTING.md that a program can check.
//   bun tools/check-boundaries.ts [ROOT]
// Tests and tools are free to import what they like; what is published is not.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { findCycles } from "./find-cycles.ts";
import { ffiPackage, importTable, platformFile } from "./import-table.ts";
import { readSourceFacts, type SourceFacts } from "./source-facts.ts";
import { readPackages, type WorkspacePackage, workspaceRoot } from "./workspace.ts";

interface SourceFile {
  /** Relative to the root. */
  readonly path: string;
  readonly owner: WorkspacePackage;
  readonly facts: SourceFacts;
  /** Tests, their helpers, and a package's own scripts: nothing that is published. */
  readonly isTest: boolean;
}

/** Programs: the files that are started and never imported, so they may act when loaded. */
const programs = /(^|\/)(main|job|program)\.ts$/;

export async function checkBoundaries(root: string): Promise<string[]> {
  const packages = await readPackages(root);
  const files = packages.flatMap((owner) => readSources(root, owner));
  const edges = new Map<string, string[]>();
  const problems: string[] = [];

  for (const { name, folder } of packages) {
    if (!(name in importTable)) problems.push(`${folder}: package "${name}" has no line in tools/import-table.ts`);
  }
  for (const file of files) {
    problems.push(...checkFile(file));
    const targets: string[] = [];
    for (const { specifier, line, kind } of file.facts.references) {
      const target = resolveSpecifier(root, packages, file, specifier);
      if (target.kind === "problem") problems.push(`${file.path}:${line}: ${target.text}`);
      if (target.kind === "file" && kind === "import") targets.push(target.path);
    }
    edges.set(file.path, targets);
  }
  for (const cycle of findCycles(edges)) problems.push(`import cycle: ${[...cycle, cycle[0]].join(" → ")}`);
  return problems.sort();
}

function readSources(root: string, owner: WorkspacePackage): SourceFile[] {
  const found = [...new Bun.Glob("**/*.ts").scanSync({ cwd: join(root, owner.folder) })];
  return found
    .filter((file) => !/(^|\/)(node_modules|dist)\//.test(file) && !file.includes("test/fixtures/"))
    .sort()
    .map((file) => {
      const path = `${owner.folder}/${file}`;
      const text = readFileSync(join(root, path), "utf8");
      return {
        path,
        owner,
        facts: readSourceFacts(path, text),
        isTest: /(^|\/)(test|scripts)\/|\.test\.ts$/.test(file),
      };
    });
}

function checkFile({ path, owner, facts, isTest }: SourceFile): string[] {
  const problems: string[] = [];
  const report = (line: number, text: string) => problems.push(`${path}:${line}: ${text}`);

  for (const { line, text } of facts.emptyCatches) report(line, text);
  for (const { line, text } of facts.skippedTests) report(line, `${text} must not be committed`);
  if (isTest) return problems;

  const rule = importTable[owner.name];
  for (const { specifier, line, kind, names } of facts.references) {
    if (specifier === "bun:ffi" && owner.name !== ffiPackage) report(line, `bun:ffi belongs to ${ffiPackage} alone`);
    if (rule?.pure && /^(node:|bun$|bun:)/.test(specifier)) report(line, `${owner.name} is pure: no "${specifier}"`);
    if (/^(node:)?(os|process)$/.test(specifier) && names.includes("platform") && path !== platformFile) {
      report(line, `the platform is read in ${platformFile} alone`);
    }
    const target = packageOf(specifier);
    if (target === undefined || !(target in importTable) || rule === undefined) continue;
    const allowed = kind === "locate" ? [...rule.imports, ...(rule.locates ?? [])] : rule.imports;
    if (target !== owner.name && !allowed.includes(target)) report(line, `${owner.name} may not ${kind} ${target}`);
  }
  if (path !== platformFile) {
    for (const { line } of facts.platformReads) report(line, `the platform is read in ${platformFile} alone`);
  }
  if (rule?.pure) {
    for (const { line, text } of facts.hostGlobals) report(line, `${owner.name} is pure: no "${text}"`);
  }
  const isPublished = path.startsWith("packages/");
  if (isPublished && !programs.test(path)) {
    for (const { line, text } of facts.importTimeEffects) report(line, text);
  }
  if (isPublished && path === `${owner.folder}/src/index.ts`) {
    for (const { line, text } of facts.declarations) report(line, `index.ts has exports only, not a ${text}`);
  }
  return problems;
}

type Resolved = { kind: "outside" } | { kind: "file"; path: string } | { kind: "problem"; text: string };

function resolveSpecifier(
  root: string,
  packages: readonly WorkspacePackage[],
  { path, owner, isTest }: SourceFile,
  specifier: string,
): Resolved {
  if (specifier.startsWith(".")) {
    const target = normalize(join(dirname(path), specifier));
    if (!isTest && !target.startsWith(`${owner.folder}/`)) {
      return { kind: "problem", text: `"${specifier}" leaves the package` };
    }
    if (!existsSync(join(root, target))) return { kind: "problem", text: `"${specifier}" is not a file` };
    return { kind: "file", path: target };
  }
  const name = packageOf(specifier);
  const target = packages.find((candidate) => candidate.name === name);
  if (target === undefined || name === undefined) return { kind: "outside" };
  const subpath = `.${specifier.slice(name.length)}`;
  const entry = target.manifest.exports?.[subpath];
  if (entry === undefined) return { kind: "problem", text: `${name} has no entry "${subpath}"` };
  const source = typeof entry === "string" ? entry : (entry["hutch-source"] ?? "");
  return { kind: "file", path: normalize(join(target.folder, source)) };
}

/** `@scope/name/sub` → `@scope/name`; undefined for paths and for modules of the runtime. */
function packageOf(specifier: string): string | undefined {
  return /^(@[^/]+\/[^/]+|[^./:@][^/:]*)(?:\/|$)/.exec(specifier)?.[1];
}

if (import.meta.main) {
  const problems = await checkBoundaries(resolve(process.argv[2] ?? workspaceRoot));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(`${problems.length} boundary problem${problems.length === 1 ? "" : "s"}`);
    process.exit(1);
  }
}
