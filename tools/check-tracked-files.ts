// Refuses text that must not be committed: registry hosts (they tie the lockfile to one mirror) and paths of one machine.
//   bun tools/check-tracked-files.ts

import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { workspaceRoot } from "./workspace.ts";

interface Ban {
  readonly pattern: RegExp;
  readonly reason: string;
}

// Written in two halves, so that this file passes its own check.
const registries = [
  ["registry.npmjs", "org"],
  ["registry.yarnpkg", "com"],
  ["registry.npmmirror", "com"],
  ["npm.pkg.github", "com"],
  ["npm.jsr", "io"],
];

/** Public for its test. */
export function findBannedText(text: string, bans: readonly Ban[]): { line: number; reason: string }[] {
  return text
    .split("\n")
    .flatMap((content, index) =>
      bans.filter(({ pattern }) => pattern.test(content)).map(({ reason }) => ({ line: index + 1, reason })),
    );
}

export function bansFor(checkout: string, home: string): Ban[] {
  const bans: Ban[] = registries.map((halves) => ({
    pattern: new RegExp(RegExp.escape(halves.join(".")), "i"),
    reason: "host name of a package registry",
  }));
  bans.push({ pattern: /"https?:\/\/[^"\s]+\.tgz"/, reason: "download address of a package" });
  bans.push({ pattern: pathPattern(checkout), reason: "path of this checkout" });
  bans.push({
    pattern: new RegExp(`${RegExp.escape(home.replace(/\/$/, ""))}/\\.(npm|bun|cache|config|nvm|ssh)\\b`),
    reason: "path in somebody's home",
  });
  bans.push({
    pattern: /\/(home|Users)\/[\w-]+\/\.(npm|bun|cache|config|nvm|ssh)\b/,
    reason: "path in somebody's home",
  });
  return bans;
}

function pathPattern(path: string): RegExp {
  return new RegExp(`${RegExp.escape(path)}(?![\\w-])`);
}

/** The files of git, or all but what is generated where there is no git. */
function listFiles(): string[] {
  const git = Bun.which("git");
  if (git !== null && existsSync(join(workspaceRoot, ".git"))) {
    const command = [git, "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: workspaceRoot });
    if (exitCode !== 0) throw new Error(`Cannot list the tracked files: ${stderr.toString().trim()}`);
    return stdout.toString().split("\0").filter(Boolean);
  }
  return [...new Bun.Glob("**/*").scanSync({ cwd: workspaceRoot, dot: true })].filter(
    (file) => !/(^|\/)(node_modules|dist|\.turbo|\.git)\//.test(file),
  );
}

if (import.meta.main) {
  const bans = bansFor(workspaceRoot, homedir());
  let count = 0;
  for (const file of listFiles()) {
    const path = join(workspaceRoot, file);
    if (!existsSync(path) || !statSync(path).isFile()) continue;
    const bytes = readFileSync(path);
    if (bytes.subarray(0, 8000).includes(0)) continue;
    for (const { line, reason } of findBannedText(bytes.toString("utf8"), bans)) {
      console.error(`${file}:${line}: ${reason}`);
      count++;
    }
  }
  process.exitCode = count > 0 ? 1 : 0;
}
